// The program loads a cloud's host by require, which outside of it knows no TypeScript.
import "tsx/cjs";
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { createHost } from "../../../../components/host/host";
import { SshHost } from "../../../../components/host/sshHost";
import { machineSettings, sshSettings } from "../../../../lib/host/settings";
import { record } from "../../mocks";
import { shopConfig } from "../../shopConfig";

const timeout = 60_000;

it("of the kind ssh is a machine that is there", async () => {
  const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
  const machine = machineSettings.parse({ sshFrom: ["203.0.113.7/32"] });
  const ssh = sshSettings.parse({ address: "198.51.100.4", hostKey });
  const recording = await record(() => createHost(shopConfig({ host: "ssh", machine, ssh })));
  expect(recording.made).toBeInstanceOf(SshHost);
});

it.each(["digitalocean", "aws"] as const)(
  "of the kind %s is one of that cloud, which needs settings",
  async (host) => {
    await expect(record(() => createHost(shopConfig({ host })))).rejects.toThrow(
      "slipway:machine is missing",
    );
  },
  timeout,
);

it(
  "loads no cloud's SDK that isn't used",
  () => {
    const script = `require("tsx/cjs"); require("./components/host/host"); require("./components/dns/dns");
    process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
    const loaded: string[] = JSON.parse(execFileSync("node", ["-e", script], { encoding: "utf8" }));
    expect(loaded.some((file) => file.includes("@pulumi/docker/"))).toBe(true);
    expect(loaded.filter((file) => /@pulumi\/(aws|digitalocean)\//.test(file))).toEqual([]);
  },
  timeout,
);
