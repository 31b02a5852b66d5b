import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { type CloudInit, machineStateScript, readMachineState } from "../../../../lib/host/machineState";

const printed = `user=deploy
root=yes
digest=0a1b
hostKey=ssh-ed25519 AAAA
engine=20.10.24+dfsg1
cloud-init: status: done
cloud-init: boot_status_code: enabled-by-generator
cloud-init: last_update: Sat, 21 Nov 2026 22:00:00 +0000
cloud-init: detail:
cloud-init: DataSourceNoCloud [seed=/var/lib/cloud/seed/nocloud]
`;

it("reads what a prepared machine says of itself", () => {
  expect(readMachineState(printed)).toEqual({
    user: "deploy",
    root: true,
    digest: "0a1b",
    hostKey: "ssh-ed25519 AAAA",
    engine: "20.10.24+dfsg1",
    cloudInit: { status: "done", detail: "DataSourceNoCloud [seed=/var/lib/cloud/seed/nocloud]" },
  });
});

it("reads what one says that has nothing yet", () => {
  expect(readMachineState("user=root\nroot=no\ndigest=\nhostKey=\nengine=\n")).toEqual({
    user: "root",
    root: false,
    digest: "",
    hostKey: "",
    engine: "",
    cloudInit: { status: "absent", detail: "" },
  });
});

const states: readonly (readonly [lines: readonly string[], cloudInit: CloudInit])[] = [
  [
    ["status: running", "detail:", "Running in stage: modules-final"],
    { status: "running", detail: "modules-final" },
  ],
  [
    ["status: running", "extended_status: running", "detail: Running in stage: init", "errors: []"],
    { status: "running", detail: "init" },
  ],
  [["status: not run", "detail:", ""], { status: "waiting", detail: "" }],
  [["status: not started"], { status: "waiting", detail: "" }],
  [["status: disabled", "detail: Cloud-init disabled by a file"], { status: "absent", detail: "" }],
  [
    ["status: error", "detail: ('scripts_user', 'failed')"],
    { status: "error", detail: "('scripts_user', 'failed')" },
  ],
  // Newer releases tell of what they could go on after.
  [
    ["status: done", "extended_status: degraded done", "detail: DataSourceNone"],
    { status: "done", detail: "DataSourceNone" },
  ],
];

it.each(states)("reads cloud-init's %j", (lines, cloudInit) => {
  const said = `user=root\n${lines.map((line) => `cloud-init: ${line}`).join("\n")}\n`;
  expect(readMachineState(said).cloudInit).toEqual(cloudInit);
});

it("asks in a way that any POSIX shell understands, and that nothing missing ends", () => {
  const said = execFileSync("sh", ["-eus"], { input: machineStateScript, encoding: "utf8" });
  expect(said.split("\n").map((line) => line.split("=")[0])).toEqual(
    expect.arrayContaining(["user", "root", "digest", "hostKey", "engine"]),
  );
});
