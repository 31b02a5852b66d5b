import type { Connection } from "./connection";

/** Why ssh could not log in. Some go by themselves while a machine starts, some need the user. */
export type LoginFailure =
  | "otherHostKey"
  | "denied"
  | "unknownHost"
  | "oldClient"
  | "starting"
  | "unreachable";

/** In this order: ssh says several things at once when a host key is wrong. */
const signs: readonly (readonly [LoginFailure, RegExp])[] = [
  ["oldClient", /Bad configuration option: knownhostscommand/i],
  [
    "otherHostKey",
    /Host key verification failed|REMOTE HOST IDENTIFICATION|no matching host key type found/i,
  ],
  ["unknownHost", /Could not resolve hostname/i],
  ["starting", /System is (?:booting up|going down)|pam_nologin/i],
  ["denied", /Permission denied|Too many authentication failures/i],
];

/** What ssh printed before it ended with 255, as one of the reasons. */
export function loginFailure(said: string): LoginFailure {
  return signs.find(([, sign]) => sign.test(said))?.[0] ?? "unreachable";
}

/** What ssh gives as the reason, in a few words: `connection refused`. */
export function shortReason(said: string): string {
  const lines = said.split("\n").map((line) => line.trim());
  const last = lines.filter((line) => line !== "").at(-1) ?? "it says nothing";
  const [, reason = last] = /(?:port \d+|hostname \S+|\S+@\S+): ([^.]+)/.exec(last) ?? [];
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}

/** The message for a failure that waiting doesn't mend. Nothing has been created by then. */
export function loginMessage(
  failure: LoginFailure,
  { address, port, hostKey }: Pick<Connection, "address" | "port" | "hostKey">,
  said: string,
): string {
  switch (failure) {
    case "otherHostKey":
      return [
        `The machine at ${address} shows another host key than the stack has: ${hostKey} (slipway:ssh.hostKey where the host is ssh).`,
        "  It was installed anew, or another machine answers at its address. Nothing was sent to it.",
        "  What to do: compare with `cat /etc/ssh/ssh_host_ed25519_key.pub` in the provider's console. If that is another",
        "  key now and you know why, set slipway:ssh.hostKey to it and run `pulumi up`.",
      ].join("\n");
    case "unknownHost":
      return [
        `No machine is known by the name ${address}: ${shortReason(said)}.`,
        "  What to do: set slipway:ssh.address to the machine's name as the DNS has it, or to its IP address.",
      ].join("\n");
    case "oldClient":
      return [
        "The ssh on this machine is too old: pinning the host key needs OpenSSH 8.5 or newer (KnownHostsCommand).",
        "  What to do: `ssh -V` says which one it is; update it and run `pulumi up`.",
      ].join("\n");
    default:
      return [
        `The machine at ${address} doesn't let us in by ssh on port ${port}: ${shortReason(said)}.`,
        "  What to do: see that it runs, that slipway:ssh.port is right, and that its firewall and slipway:machine.sshFrom",
        "  let this machine through; then run `pulumi up`.",
      ].join("\n");
  }
}
