import { describe, expect, it } from "vitest";
import {
  type LoginFailure,
  loginFailure,
  loginMessage,
  shortReason,
} from "../../../../lib/host/loginFailure";

const changed = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
Host key verification failed.`;

/** What OpenSSH 9.2 prints. */
const cases: readonly (readonly [said: string, failure: LoginFailure, reason: string])[] = [
  [changed, "otherHostKey", "host key verification failed."],
  [
    "No ED25519 host key is known for 203.0.113.7 and you have requested strict checking.\nHost key verification failed.",
    "otherHostKey",
    "host key verification failed.",
  ],
  [
    "Unable to negotiate with 203.0.113.7 port 22: no matching host key type found. Their offer: rsa-sha2-512,ssh-ed25519",
    "otherHostKey",
    "no matching host key type found",
  ],
  ["root@203.0.113.7: Permission denied (publickey).", "denied", "permission denied (publickey)"],
  [
    "Received disconnect from 203.0.113.7 port 22:2: Too many authentication failures",
    "denied",
    "received disconnect from 203.0.113.7 port 22:2: Too many authentication failures",
  ],
  [
    "ssh: Could not resolve hostname app.example.com: Name or service not known",
    "unknownHost",
    "name or service not known",
  ],
  ["ssh: connect to host 203.0.113.7 port 22: Connection refused", "unreachable", "connection refused"],
  [
    "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 203.0.113.7 port 22\r\n",
    "unreachable",
    "connection reset by 203.0.113.7 port 22",
  ],
  ["ssh: connect to host 203.0.113.7 port 22: No route to host\n", "unreachable", "no route to host"],
  ["", "unreachable", "it says nothing"],
  [
    '"System is booting up. Unprivileged users are not permitted to log in yet. Please come back later."\nConnection closed by 203.0.113.7 port 22',
    "starting",
    "connection closed by 203.0.113.7 port 22",
  ],
  [
    "command-line: line 0: Bad configuration option: knownhostscommand",
    "oldClient",
    "command-line: line 0: Bad configuration option: knownhostscommand",
  ],
];

it.each(cases)("tells what is wrong from %j", (said, failure, reason) => {
  expect(loginFailure(said)).toBe(failure);
  expect(shortReason(said)).toBe(reason);
});

describe("the message", () => {
  const machine = { address: "203.0.113.7", port: 2222, hostKey: "ssh-ed25519 AAAA" };

  it("names the pinned key, and where the other one is to be looked at", () => {
    const message = loginMessage("otherHostKey", machine, changed);
    expect(message).toContain(
      "The machine at 203.0.113.7 shows another host key than the stack has: ssh-ed25519 AAAA",
    );
    expect(message).toContain("slipway:ssh.hostKey");
    expect(message).toContain("cat /etc/ssh/ssh_host_ed25519_key.pub");
  });

  it("names the address that nobody knows", () => {
    const message = loginMessage(
      "unknownHost",
      { ...machine, address: "app.example.com" },
      cases[5]?.[0] ?? "",
    );
    expect(message).toMatch(
      /^No machine is known by the name app\.example\.com: name or service not known\./,
    );
    expect(message).toContain("slipway:ssh.address");
  });

  it("says which release of ssh is needed", () => {
    expect(loginMessage("oldClient", machine, "")).toContain("OpenSSH 8.5 or newer");
  });

  it("names port and firewall of a machine that doesn't answer", () => {
    const message = loginMessage("unreachable", machine, cases[6]?.[0] ?? "");
    expect(message).toContain("by ssh on port 2222: connection refused.");
    expect(message).toContain("slipway:machine.sshFrom");
  });
});
