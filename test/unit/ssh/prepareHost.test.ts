import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stagedMarker } from "../../../lib/host/machine/prelude";
import { denied, machine, refused, refuses, resetMachine, says, userOf, usersTried } from "./fakeMachine";
import { asked, looks, prepare, result } from "./preparing";

vi.mock("../../../lib/execa", async () => ({ loadExeca: () => import("./fakeMachine") }));

beforeEach(resetMachine);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("changes nothing on a machine that says it has this preparation", async () => {
  looks(says());
  expect(await prepare()).toEqual(result);
  expect(machine.calls.map(asked)).toEqual(["look", "look"]);
  expect(usersTried()).toEqual(["deploy", "deploy"]);
  expect(machine.told).toEqual([]);
});

it("logs in by the pinned key alone, on a connection of its own", async () => {
  looks(says());
  await prepare();
  const args = machine.calls[0]?.args ?? [];
  expect(args.slice(-7)).toEqual(["-p", "22", "-l", "deploy", "--", "203.0.113.7", "exec sh -s"]);
  expect(args).toContain("KnownHostsCommand=/bin/echo %H ssh-ed25519 PINNED");
  expect(args.indexOf("ControlPath=none")).toBeLessThan(args.indexOf("ControlPath=~/.ssh/slipway-%C"));
});

it("prepares as root a machine that knows nobody else, and proves that the one it has made can log in", async () => {
  let installed = false;
  machine.answer = (call) => {
    if (asked(call) === "install") installed = true;
    return userOf(call) === "deploy" && !installed ? denied : says({ user: userOf(call) });
  };
  expect(await prepare()).toEqual(result);
  expect(machine.calls.map((call) => `${userOf(call)}: ${asked(call)}`)).toEqual([
    "deploy: look",
    "root: look",
    "root: install",
    "deploy: look",
  ]);
});

it("sends files and script by standard input, for root alone, and takes them up as root", async () => {
  looks(says({ digest: "earlier" }), says());
  await prepare();
  const install = machine.calls.find((call) => asked(call) === "install");
  expect(install?.args.at(-1)).toMatch(
    /^exec sudo -n env SSH_CONNECTION="\$SSH_CONNECTION" sh -c 'umask 077; /,
  );
  const sent: Record<string, string> = {};
  const tar = Readable.from([install?.input]).pipe(extract());
  for await (const entry of tar) sent[entry.header.name] = String(await buffer(entry));
  expect(sent).toMatchObject({
    files: `0644 0 /var/lib/slipway/files/etc/motd\n0644 1 ${stagedMarker}\n`,
    0: "hello\n",
    1: "digest\n",
    script: "echo prepared\n",
  });
});

it("waits for a machine that starts, and tells so each ten seconds", async () => {
  looks(...Array.from({ length: 8 }, () => refused), says());
  await prepare();
  expect(machine.told).toEqual([
    "203.0.113.7: ssh doesn't answer yet (connection refused), 0 s",
    "203.0.113.7: ssh doesn't answer yet (connection refused), 10 s",
  ]);
});

it("gives up on one that never answers when the time is over", async () => {
  looks(refused);
  await expect(prepare()).rejects.toThrow(
    "The machine at 203.0.113.7 doesn't let us in by ssh on port 22: connection refused.",
  );
  expect(machine.told.at(-1)).toBe("203.0.113.7: ssh doesn't answer yet (connection refused), 600 s");
});

const hopeless: readonly (readonly [stderr: string, message: RegExp])[] = [
  ["Host key verification failed.", /shows another host key than the stack has: ssh-ed25519 PINNED/],
  ["ssh: Could not resolve hostname x: Name or service not known", /No machine is known by the name/],
  ["command-line: line 0: Bad configuration option: knownhostscommand", /OpenSSH 8\.5/],
];

it.each(hopeless)("does not wait after %j, and sends nothing", async (stderr, message) => {
  looks(refuses(stderr));
  await expect(prepare()).rejects.toThrow(message);
  expect(machine.calls.map(asked)).toEqual(["look"]);
});

it("does not wait where there is no ssh to log in with", async () => {
  looks({ code: "ENOENT" });
  await expect(prepare()).rejects.toThrow("ssh is missing on this machine: install OpenSSH's client");
});

describe("when no key is taken", () => {
  function answers(keygen: string, agent: string, offered: string): void {
    machine.answer = ({ program, args }) => {
      if (program === "ssh-add") return { exitCode: 0, stdout: agent };
      if (program === "ssh-keygen") {
        return args.includes("-l")
          ? { exitCode: 0, stdout: "256 SHA256:abc ada (ED25519)" }
          : { exitCode: 255, stderr: keygen };
      }
      if (args[0] === "-G") return { exitCode: 0, stdout: `user deploy\nidentityfile ${__filename}\n` };
      return { ...denied, stderr: `${offered}${denied.stderr}` };
    };
  }
  const passphrase = "Load key: incorrect passphrase supplied to decrypt private key";

  it("says which ones were offered", async () => {
    const line = "debug1: Offering public key: ada ED25519 SHA256:abc agent\r\n";
    answers("", "256 SHA256:abc ada (ED25519)", line + line);
    await expect(prepare()).rejects.toThrow(
      /lets none of deploy, root in by ssh: permission denied\.\n {2}Keys offered: ada ED25519 SHA256:abc agent\n {2}What to do: /,
    );
  });

  it("says what to do about a key that wants its passphrase", async () => {
    answers(passphrase, "The agent has no identities.", "");
    await expect(prepare()).rejects.toThrow(`\`ssh-add ${__filename}\``);
    await expect(prepare()).rejects.toThrow("No key was offered");
  });

  it("has nothing to say of one that the agent holds", async () => {
    answers(passphrase, "256 SHA256:abc ada (ED25519)", "");
    await expect(prepare()).rejects.not.toThrow("has a passphrase");
  });
});

describe("a preparation", () => {
  it("is shown, and stops the update with its last lines when it fails", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index + 1}`);
    machine.answer = (call) =>
      asked(call) === "install" ? { exitCode: 7, stdout: lines.join("\n") } : says({ digest: "earlier" });
    const failure = await prepare().catch((error: Error) => error.message);
    expect(failure).toMatch(
      /^The preparation of the machine at 203\.0\.113\.7 ended with exit code 7: the update stops here\.\n {2}Its last lines:\n {4}\| line 11\n/,
    );
    expect(failure).toContain("    | line 40\n  What to do: ");
    expect(machine.told).toEqual(lines);
  });

  it("is gone back to when the connection breaks, as it goes on by itself", async () => {
    let broken = 0;
    machine.answer = (call) => {
      if (asked(call) === "install")
        return broken++ < 2 ? refuses("client_loop: send disconnect") : { exitCode: 0 };
      return says({ digest: broken === 0 ? "earlier" : "digest" });
    };
    expect(await prepare()).toEqual(result);
    expect(machine.calls.map(asked)).toEqual(["look", "install", "install", "install", "look"]);
  });

  it("is not done before the engine answers", async () => {
    looks(says({ digest: "" }), says({ engine: "" }), says({ engine: "" }), says());
    expect(await prepare()).toEqual(result);
    expect(machine.told).toEqual(["203.0.113.7: the Docker engine doesn't answer yet, 0 s"]);
  });

  const unready: readonly (readonly [said: Parameters<typeof says>[0], reason: string])[] = [
    [{ engine: "" }, "its Docker engine doesn't answer"],
    [{ root: false }, "its user may not use sudo without a password"],
    [{ digest: "other" }, "it doesn't say that it is prepared"],
  ];

  it.each(unready)("that leaves %j stops the update", async (said, reason) => {
    looks(says({ digest: "" }), says(said));
    await expect(prepare()).rejects.toThrow(`The machine at 203.0.113.7 is not ready: ${reason}.`);
  });

  it("that locks out who runs containers stops the update", async () => {
    looks(says({ digest: "" }), denied);
    await expect(prepare()).rejects.toThrow("lets none of deploy in by ssh");
  });
});
