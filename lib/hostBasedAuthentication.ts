/**
 * Who may connect to Postgres, as the official image has it, and one role besides that may stream the write-ahead log:
 * "all" doesn't cover that. In the form of pg_hba.conf.
 */
export function hostBasedAuthentication(replicationRole: string): string {
  return [
    "local all all peer",
    "host all all all scram-sha-256",
    `host replication "${replicationRole}" all scram-sha-256`,
    "",
  ].join("\n");
}
