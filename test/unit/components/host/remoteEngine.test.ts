import * as pulumi from "@pulumi/pulumi";
import { expect, it } from "vitest";
import { RemoteEngine, type RemoteEngineArgs } from "../../../../components/host/remoteEngine";
import { Step } from "../../../../components/step";
import { sshOptions } from "../../../../lib/host/connection";
import { stepInputs, types } from "../../fixtures";
import { type RecordOptions, record, revealed, unknown, urn } from "../../mocks";

const type = "slipway:host:RemoteEngine";
const provider = "pulumi:providers:docker";
const given = "ssh-ed25519 GIVEN";
const own = "ssh-ed25519 OWN";
const preparation = { files: [{ path: "/etc/motd", mode: "0644", content: "hello\n" }], script: "true\n" };
const printed = { "engine-identity": JSON.stringify({ hostKey: own, machine: "m" }) };

function engine(change: Partial<RemoteEngineArgs> = {}, options: RecordOptions = {}) {
  const login = { address: "203.0.113.7", port: 2222, user: "root", hostKey: given };
  const args = { login, cloudInit: false, machine: "m", preparation, ...change };
  return record(() => new RemoteEngine("engine", args), { printed, ...options });
}

function connection(hostKey: string) {
  return { address: "203.0.113.7", port: 2222, user: "deploy", hostKey };
}

/** Not against an engine: there is none yet. */
function inputsOf(script: string) {
  return { ...stepInputs(script), environment: {} };
}

it("prepares a machine that is there, by its given key, before anything reaches its engine", async () => {
  const recording = await engine();
  expect(recording.list).toEqual([
    `${types.command} engine-preparation`,
    `${provider} engine-docker`,
    `${type} engine`,
  ]);
  const { inputs, parent, dependencies } = recording.get("engine-preparation");
  expect({ parent, dependencies }).toEqual({ parent: urn(type, "engine"), dependencies: [] });
  expect(inputs).toEqual({
    ...inputsOf("prepareHost"),
    stdin: JSON.stringify({
      login: { address: "203.0.113.7", port: 2222, hostKey: given, users: ["deploy", "root"] },
      preparation,
      cloudInit: false,
      machine: "m",
      timeout: 900,
    }),
  });
  expect(recording.get("engine-docker")).toMatchObject({
    parent: urn(type, "engine"),
    inputs: {
      host: "ssh://deploy@203.0.113.7:2222",
      sshOpts: JSON.stringify(sshOptions({ hostKey: given })),
    },
    dependencies: ["engine-preparation"],
  });
});

it("gives the way to log in once the machine is prepared, also to those who know no container", async () => {
  const recording = await engine();
  expect(await revealed(recording.made.connection)).toEqual(connection(given));
  const { SLIPWAY_ENGINE: reached } = recording.made.engineEnvironment;
  expect(JSON.parse(String(reached && (await revealed(reached))))).toEqual(connection(given));
  expect(recording.get("engine").outputs).toEqual({
    provider: { resource: "engine-docker" },
    connection: connection(given),
  });
  const later = await record(() => {
    const args = { login: connection(given), cloudInit: false, machine: "m", preparation };
    const host = new RemoteEngine("engine", args);
    return new Step<{ a: string }>("later", { script: "runJob", host, input: { a: "1" } });
  });
  expect(later.get("later").dependencies).toEqual(["engine-docker"]);
});

it("asks a new machine for its own key by the first one, and pins it for all that follows", async () => {
  const recording = await engine({ cloudInit: true });
  expect(recording.get("engine-identity").inputs).toEqual({
    ...inputsOf("readHostKey"),
    stdin: JSON.stringify({
      login: { address: "203.0.113.7", port: 2222, hostKey: given, users: ["deploy", "root"] },
      machine: "m",
      timeout: 900,
    }),
  });
  const { inputs, dependencies } = recording.get("engine-preparation");
  expect(JSON.parse(String(inputs.stdin))).toMatchObject({ login: { hostKey: own }, cloudInit: true });
  expect(dependencies).toEqual(["engine-identity"]);
  const { sshOpts } = recording.get("engine-docker").inputs;
  expect(JSON.parse(String(sshOpts))).toContain(`KnownHostsCommand=/bin/echo %H ${own}`);
  expect(await revealed(recording.made.connection)).toEqual(connection(own));
});

it("does not try the same user twice", async () => {
  const login = { address: "203.0.113.7", port: 22, user: "deploy", hostKey: given };
  const { inputs } = (await engine({ login })).get("engine-preparation");
  expect(JSON.parse(String(inputs.stdin))).toMatchObject({ login: { users: ["deploy"] } });
});

it("makes no secret of how the machine is reached, whatever that comes from", async () => {
  const login = pulumi.output({
    address: "203.0.113.7",
    port: 22,
    user: "root",
    hostKey: pulumi.secret(given),
  });
  const recording = await engine({ login, cloudInit: true });
  const { inputs } = recording.get("engine-docker");
  expect(JSON.stringify(inputs)).not.toContain("secret");
});

it("lets the preview of another preparation know the engine all the same", async () => {
  const recording = await engine({}, { preview: true });
  expect(recording.get("engine-docker").inputs.host).toBe("ssh://deploy@203.0.113.7:2222");
});

it("knows no engine in the preview of a new machine", async () => {
  const recording = await engine({ cloudInit: true }, { preview: true, printed: {} });
  expect(recording.get("engine-docker").inputs.sshOpts).toBe(unknown);
  expect(recording.get("engine-preparation").inputs.stdin).toBe(unknown);
});
