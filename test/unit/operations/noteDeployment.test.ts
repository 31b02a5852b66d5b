import { hostname, userInfo } from "node:os";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const { attemptDocker, docker, execa } = vi.hoisted(() => ({
  attemptDocker: vi.fn(),
  docker: vi.fn(),
  execa: vi.fn(),
}));
vi.mock("../../../operations/steps/engine", () => ({ attemptDocker, docker }));
vi.mock("../../../lib/execa", () => ({ loadExeca: async () => ({ execa }) }));

import { noteDeployment } from "../../../operations/steps/noteDeployment";

const release = { system: "shop", stack: "test", version: "1.2.0", images: { api: "shop/api:1.2.0" } };
const note = () => noteDeployment({ proxy: "shop-test-proxy", release });

beforeEach(() => {
  vi.stubEnv("GITHUB_ACTOR", "");
  attemptDocker.mockReset().mockResolvedValue({ succeeded: false, said: "cat: can't open" });
  docker.mockReset().mockResolvedValue("");
  execa.mockReset().mockResolvedValue({ failed: false, stdout: "abc123\n" });
});

afterEach(() => {
  vi.unstubAllEnvs();
});

it("writes what it gives beside the proxy's configuration, readable to all, whole or not at all", async () => {
  const record = await note();
  expect(record).toMatchObject({ ...release, gitCommit: "abc123" });
  expect(record.previous).toBeUndefined();
  const file = "/etc/caddy/deployment.json";
  expect(docker.mock.calls).toEqual([
    [
      [
        ...["exec", "-i", "--user", "0", "shop-test-proxy", "sh", "-c"],
        `umask 022 && cat > ${file}.next && mv ${file}.next ${file}`,
      ],
      `${JSON.stringify(record, undefined, 2)}\n`,
    ],
  ]);
});

it("names the one before, which the file has", async () => {
  const previous = { deploymentId: "20261121_120000_1.1.0", version: "1.1.0" };
  attemptDocker.mockResolvedValue({ succeeded: true, said: JSON.stringify({ ...release, ...previous }) });
  expect((await note()).previous).toEqual(previous);
});

it("is deployed by whoever runs the update, or has started the pipeline", async () => {
  expect((await note()).deployedBy).toBe(`${userInfo().username}@${hostname()}`);
  vi.stubEnv("GITHUB_ACTOR", "ada");
  expect((await note()).deployedBy).toBe("ada");
});

it("has no commit where the folder is no checkout", async () => {
  execa.mockResolvedValue({ failed: true, stdout: "" });
  expect(await note()).not.toHaveProperty("gitCommit");
});
