import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { denied, machine, refused, resetMachine, says } from "./fakeMachine";
import { asked, looks, prepare, result } from "./preparing";

vi.mock("../../../lib/execa", async () => ({ loadExeca: () => import("./fakeMachine") }));

beforeEach(resetMachine);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("cloud-init", () => {
  const running = says({
    digest: "",
    cloudInit: ["status: running", "detail:", "Running in stage: modules-final"],
  });
  const failed = says({
    digest: "",
    cloudInit: ["status: error", "detail:", "('scripts_user', RuntimeError())"],
  });

  it("is waited for, and what it has prepared is not done again", async () => {
    looks(running, running, says({ cloudInit: ["status: done"] }));
    expect(await prepare({ cloudInit: true })).toEqual(result);
    expect(machine.told).toEqual(["203.0.113.7: cloud-init: running, modules-final, 0 s"]);
    expect(machine.calls.map(asked)).toEqual(["look", "look", "look", "exec sudo -n bash -s", "look"]);
  });

  it("may restart the machine meanwhile", async () => {
    looks(running, refused, refused, says({ cloudInit: ["status: done"] }));
    expect(await prepare({ cloudInit: true })).toEqual(result);
  });

  it("stops the update when it failed with what is ours, and shows the last lines of its log", async () => {
    machine.answer = (call) =>
      asked(call) === "look" ? failed : { exitCode: 0, stdout: "packages: docker.io\nE: no such package" };
    await expect(prepare({ cloudInit: true })).rejects.toThrow(
      /cloud-init: error, \('scripts_user', RuntimeError\(\)\)\n.*cloud-init-output\.log:\n {4}\| packages: docker\.io\n {4}\| E: no such package/,
    );
    expect(machine.calls.map(asked)).toEqual(["look", "sudo -n tail -n 30 /var/log/cloud-init-output.log"]);
  });

  it("stops nothing when it failed with what a machine had before", async () => {
    looks(failed, says());
    expect(await prepare()).toEqual(result);
    expect(machine.told).toEqual([
      "203.0.113.7: cloud-init: error, ('scripts_user', RuntimeError()); the machine is prepared all the same",
    ]);
    expect(machine.calls.map(asked)).toEqual(["look", "install", "look"]);
  });

  it("is not waited for where it never runs", async () => {
    looks(says({ cloudInit: ["status: not run"] }));
    expect(await prepare()).toEqual(result);
    expect(machine.told.at(-1)).toBe("203.0.113.7: cloud-init: not started yet, 60 s");
  });

  it("lets a new machine settle that knows nobody yet", async () => {
    looks(...Array.from({ length: 30 }, () => denied), says());
    expect(await prepare({ cloudInit: true })).toEqual(result);
    expect(machine.told[0]).toBe(
      "203.0.113.7: ssh doesn't let us in yet (permission denied (publickey)), 0 s",
    );
  });
});

it("says why the host key of the first contact can't be retired", async () => {
  machine.answer = (call) =>
    asked(call) === "look" ? says() : { exitCode: 1, stderr: "rm: cannot remove: Read-only file system" };
  await expect(prepare({ cloudInit: true })).rejects.toThrow(
    "The machine at 203.0.113.7 still has the host key of the first contact:\n    | rm: cannot remove",
  );
});
