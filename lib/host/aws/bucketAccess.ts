/** Policy of a bucket: nobody, with whatever right, reads or writes it without encryption on the way. */
export function encryptedOnly(bucketArn: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EncryptedConnectionsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, `${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
}
