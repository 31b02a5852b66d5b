import { expect, it } from "vitest";
import { SshHost } from "../../../../components/host/sshHost";
import { preparation } from "../../../../lib/host/machine/preparation";
import { machineSettings, sshSettings } from "../../../../lib/host/settings";
import { types } from "../../fixtures";
import { record, revealed, urn } from "../../mocks";

const type = "slipway:host:SshHost";
const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
const ports = { http: 80, https: 443 };
const machine = machineSettings.parse({ sshFrom: ["203.0.113.7/32"] });

function host(change: object = {}) {
  const ssh = sshSettings.parse({ address: "198.51.100.4", hostKey, ...change });
  return record(() => new SshHost("host", { config: { machine, ports, ssh } }));
}

it("is an engine on the machine, and nothing that could be deleted", async () => {
  const recording = await host();
  expect(recording.list).toEqual([
    `${types.command} host-engine-preparation`,
    "pulumi:providers:docker host-engine-docker",
    "slipway:host:RemoteEngine host-engine",
    `${type} host`,
  ]);
  expect(recording.get("host-engine").parent).toBe(urn(type, "host"));
  const connection = { address: "198.51.100.4", port: 22, user: "deploy", hostKey };
  expect(recording.get("host").outputs).toEqual({
    provider: { resource: "host-engine-docker" },
    connection,
  });
  expect(await revealed(recording.made.connection)).toEqual(connection);
});

it("prepares the machine with what the stack says of it", async () => {
  const dataDevice = "/dev/disk/by-id/scsi-0HC_Volume_1";
  const recording = await host({ port: 2222, user: "ada", dataDevice });
  const { stdin } = recording.get("host-engine-preparation").inputs;
  expect(JSON.parse(String(stdin))).toEqual({
    login: { address: "198.51.100.4", port: 2222, hostKey, users: ["deploy", "ada"] },
    preparation: JSON.parse(JSON.stringify(preparation({ ...machine, ports, dataDevice }))),
    cloudInit: false,
    machine: `198.51.100.4:2222 ${hostKey}`,
    timeout: 900,
  });
});

it("knows the machine's address when the stack has it as one", async () => {
  const { made } = await host();
  expect(made.ipv4 && (await revealed(made.ipv4))).toBe("198.51.100.4");
  expect((await host({ address: "app.example.com" })).made.ipv4).toBeUndefined();
});

it.each(["machine", "ssh"])("says what is missing: %s", async (missing) => {
  const config = {
    machine,
    ports,
    ssh: sshSettings.parse({ address: "198.51.100.4", hostKey }),
    [missing]: undefined,
  };
  await expect(record(() => new SshHost("host", { config }))).rejects.toThrow(
    `slipway:${missing} is missing`,
  );
});
