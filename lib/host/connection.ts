/** How a machine is logged in to by SSH. */
export interface Connection {
  /** Host name or IP address. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Public host key of the machine, `ssh-ed25519 AAAA…`. No other one is accepted. */
  readonly hostKey: string;
}

/** Who runs containers on a prepared machine, and logs in to it. */
export const machineUser = "deploy";

/**
 * Options of ssh that accept the machine's key and no other, without any file: nothing has to be written before, and
 * nothing that the user has in known_hosts counts. Needs OpenSSH 8.5. One connection is kept for what follows within a
 * minute, as the engine is asked many times.
 */
export function sshOptions({ hostKey }: Pick<Connection, "hostKey">): string[] {
  const [algorithm = ""] = hostKey.split(" ");
  const accepted = algorithm === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : algorithm;
  return [
    ...["-o", "StrictHostKeyChecking=yes"],
    ...["-o", "UserKnownHostsFile=/dev/null"],
    ...["-o", "GlobalKnownHostsFile=/dev/null"],
    ...["-o", `KnownHostsCommand=/bin/echo %H ${hostKey}`],
    ...["-o", `HostKeyAlgorithms=${accepted}`],
    ...["-o", "BatchMode=yes"],
    ...["-o", "ConnectTimeout=15"],
    ...["-o", "ServerAliveInterval=15"],
    ...["-o", "ServerAliveCountMax=4"],
    ...["-o", "ControlMaster=auto"],
    ...["-o", "ControlPath=~/.ssh/slipway-%C"],
    ...["-o", "ControlPersist=60"],
  ];
}

/** Address of the machine's Docker engine. */
export function engineAddress({ user, address, port }: Omit<Connection, "hostKey">): string {
  return `ssh://${user}@${address}:${port}`;
}
