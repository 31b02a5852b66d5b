import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createHost } from "../../../components/host/host";
import { LocalHost } from "../../../components/host/localHost";
import { record, urn } from "../mocks";
import { shopConfig } from "../shopConfig";

const type = "slipway:host:LocalHost";
const provider = "pulumi:providers:docker";

beforeEach(() => {
  vi.stubEnv("DOCKER_HOST", undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

it("is a provider without settings: the engine is the default one, or that of DOCKER_HOST", async () => {
  const recording = await record(() => new LocalHost("host"));
  expect(recording.list).toEqual([`${provider} host-engine`, `${type} host`]);
  const { inputs, parent, options } = recording.get("host-engine");
  expect({ inputs, parent, options }).toEqual({ inputs: {}, parent: urn(type, "host"), options: {} });
  expect(recording.made.engineEnvironment).toEqual({});
  expect(recording.get("host").outputs).toEqual({ provider: { resource: "host-engine" } });
});

it("leaves an engine of the environment to the provider, and puts it nowhere else", async () => {
  vi.stubEnv("DOCKER_HOST", "ssh://deploy@host.example");
  const recording = await record(() => new LocalHost("host"));
  // The SDK reads the variable itself when no host is given.
  expect(recording.get("host-engine").inputs).toEqual({ host: "ssh://deploy@host.example" });
  expect(recording.made.engineEnvironment).toEqual({});
});

it("is what the stack setting local asks for", async () => {
  const recording = await record(() => createHost(shopConfig()));
  expect(recording.made).toBeInstanceOf(LocalHost);
  expect(recording.get("host", type).parent).toBe("");
});
