/** Where a volume is on a machine of the Nitro system, whatever name it was attached by. */
export function dataDevice(volumeId: string): string {
  return `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volumeId.replace("-", "")}`;
}

/**
 * The first key that EC2 takes, without its comment, so that another comment is no other key pair. It takes Ed25519 and
 * RSA; the others come to the machine by its user data all the same.
 */
export function importableKey(publicKeys: readonly string[]): string | undefined {
  const key = publicKeys.find((one) => /^ssh-(?:ed25519|rsa) /.test(one));
  return key?.split(" ").slice(0, 2).join(" ");
}

/** The first of the 256 subnets of a VPC's IPv6 block. */
export function firstSubnet(block: string): string {
  return block.replace(/\/56$/, "/64");
}
