import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readHostKey } from "../../../operations/steps/readHostKey";
import { inNoTime, machine, refuses, resetMachine, says, usersTried } from "./fakeMachine";

vi.mock("../../../lib/execa", async () => ({ loadExeca: () => import("./fakeMachine") }));

const login = {
  address: "203.0.113.7",
  port: 22,
  users: ["deploy"],
  hostKey: "ecdsa-sha2-nistp256 BOOT",
};
const read = (id = "id-1") => inNoTime(readHostKey({ login, machine: id, timeout: 600 }));

beforeEach(resetMachine);
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it("reads the machine's own key over the connection that the bootstrap key proves", async () => {
  machine.answer = () => says();
  expect(await read()).toEqual({ hostKey: "ssh-ed25519 OWN", machine: "id-1" });
  expect(machine.calls[0]?.args).toContain("KnownHostsCommand=/bin/echo %H ecdsa-sha2-nistp256 BOOT");
  expect(machine.calls[0]?.args).toContain("HostKeyAlgorithms=ecdsa-sha2-nistp256");
});

it("waits until the machine has made one", async () => {
  let asked = 0;
  const cloudInit = ["status: running", "detail:", "Running in stage: modules-final"];
  machine.answer = () => (asked++ < 3 ? says({ hostKey: "", cloudInit }) : says());
  expect(await read()).toEqual({ hostKey: "ssh-ed25519 OWN", machine: "id-1" });
  expect(machine.told).toEqual([
    "203.0.113.7: the machine has no host key of its own yet (cloud-init: running, modules-final), 0 s",
  ]);
  expect(usersTried()).toEqual(Array(4).fill("deploy"));
});

it("says why there will be none", async () => {
  machine.answer = ({ args }) =>
    args.at(-1)?.includes("tail") === true
      ? { exitCode: 0, stdout: "E: broken" }
      : says({ hostKey: "", cloudInit: ["status: error"] });
  await expect(read()).rejects.toThrow(/was not prepared\. cloud-init: error\n(?:.*\n)*? {4}\| E: broken/);
});

it("gives up on a machine that makes none", async () => {
  machine.answer = () => says({ hostKey: "" });
  await expect(read()).rejects.toThrow("has no host key of its own, /etc/ssh/ssh_host_ed25519_key.pub");
});

it("keeps what it has read of a machine, which shows the first key no more", async () => {
  machine.answer = () => refuses("no matching host key type found");
  vi.stubEnv("PULUMI_COMMAND_STDOUT", JSON.stringify({ hostKey: "ssh-ed25519 EARLIER", machine: "id-1" }));
  expect(await read()).toEqual({ hostKey: "ssh-ed25519 EARLIER", machine: "id-1" });
  expect(machine.calls).toEqual([]);
});

it("reads it anew from a machine that took the place of another", async () => {
  machine.answer = () => says();
  vi.stubEnv("PULUMI_COMMAND_STDOUT", JSON.stringify({ hostKey: "ssh-ed25519 EARLIER", machine: "id-1" }));
  expect(await read("id-2")).toEqual({ hostKey: "ssh-ed25519 OWN", machine: "id-2" });
});

it("takes no other key for the bootstrap key, however long the machine has been there", async () => {
  machine.answer = () => refuses("Host key verification failed.");
  await expect(read()).rejects.toThrow("shows another host key than the stack has: ecdsa-sha2-nistp256 BOOT");
});
