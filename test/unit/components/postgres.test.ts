import { expect, it } from "vitest";
import type { PostgresSpec } from "../../../apps/spec";
import { databaseRolesSql } from "../../../lib/databaseRoles";
import { pgtune } from "../../../lib/pgtune";
import {
  filesLabel,
  hardened,
  healthcheck,
  kept,
  labels,
  replaced,
  startable,
  stepInputs,
  stepOptions,
  types,
} from "../fixtures";
import { holdAt } from "../holding";
import { revealed, secret, unknown, urn } from "../mocks";
import { createPostgres, recordPostgres } from "../postgres";

const type = "slipway:data:Postgres";
const passwordFile = "/run/secrets/postgres/admin-password";

it("is a volume, a container and the step that brings its roles in order", async () => {
  const recording = await recordPostgres();
  const children = recording.all.filter(({ parent }) => parent === urn(type, "postgres"));
  expect(children.map((child) => `${child.type} ${child.name}`).sort()).toEqual([
    `${types.command} postgres-roles`,
    `${types.container} postgres-server`,
    `${types.volume} postgres-data`,
  ]);
  expect(recording.get("postgres-data").inputs.name).toBe("shop-test-postgres");
  expect(recording.get("postgres-data").options).toEqual(kept);
});

it("is tuned to its limits, with the superuser's password in a file", async () => {
  const recording = await recordPostgres();
  const settings = { ...pgtune({ memory: 4096, cpus: 4 }), listen_addresses: "*" };
  expect(recording.get("postgres-server")).toEqual({
    type: types.container,
    name: "postgres-server",
    urn: urn(types.container, "postgres-server", type),
    parent: urn(type, "postgres"),
    custom: true,
    inputs: {
      ...hardened,
      name: "shop-test-postgres",
      image: "postgres:17.10-bookworm",
      user: "999:999",
      command: ["postgres", ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
      envs: [
        "POSTGRES_INITDB_ARGS=--data-checksums --auth-host=scram-sha-256 --auth-local=peer",
        `POSTGRES_PASSWORD_FILE=${passwordFile}`,
      ],
      labels: [filesLabel, ...labels("postgres", "17.10-bookworm")],
      tmpfs: {
        "/tmp": "rw,noexec,nosuid,nodev,size=64m,uid=999,gid=999",
        "/var/run/postgresql": "rw,noexec,nosuid,nodev,size=16m,uid=999,gid=999",
      },
      volumes: [
        { containerPath: "/var/lib/postgresql/data", volumeName: "shop-test-postgres" },
        { containerPath: "/run/secrets/postgres" },
      ],
      memory: 4096,
      memorySwap: 4096,
      cpus: "4.0",
      shmSize: 256,
      networksAdvanced: [{ name: "shop-test-data", aliases: ["postgres"] }],
      healthcheck: healthcheck("pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"),
      stopSignal: "SIGINT",
      stopTimeout: 120,
      destroyGraceSeconds: 120,
    },
    // Two servers on one volume would destroy it, so the provider's delete-before-replace stays.
    options: replaced,
    dependencies: ["images-postgres", "postgres-data"],
    outputs: undefined,
  });
});

it("loads at its start what counts from then on, where the spec has it", async () => {
  const loads = async (extensions: PostgresSpec["extensions"]) =>
    (
      (await recordPostgres({ spec: { extensions } })).get("postgres-server").inputs.command as string[]
    ).filter((argument) => argument.startsWith("shared_preload_libraries="));
  expect(await loads(["pg_trgm", "pg_stat_statements"])).toEqual([
    "shared_preload_libraries=pg_stat_statements",
  ]);
  expect(await loads([{ name: "pg_stat_statements", schema: "statistics" }])).toHaveLength(1);
  expect(await loads(["pg_trgm"])).toEqual([]);
});

it("has its roles, database and extensions reconciled on every deploy, in secret", async () => {
  const recording = await recordPostgres();
  const step = recording.get("postgres-roles");
  expect({ ...step.inputs, stdin: undefined }).toEqual({
    ...stepInputs("reconcileDatabase"),
    stdin: undefined,
  });
  const { secret: stdin } = step.inputs.stdin as { secret: string };
  expect(JSON.parse(stdin)).toEqual({
    container: startable("postgres-server", "999:999", { [passwordFile]: "value of databaseAdminPassword" }),
    volume: "shop-test-postgres",
    release: "api 1.2.0, postgres 17.10-bookworm",
    sql: databaseRolesSql({
      database: "shop",
      extensions: ["pg_trgm"],
      roles: {
        owner: { user: "shop_owner", password: "value of databaseOwnerPassword" },
        app: { user: "shop_app", password: "value of databaseAppPassword" },
        monitor: { user: "shop_monitor", password: "value of databaseMonitorPassword" },
        // Nothing is backed up here.
        retired: ["shop_backup"],
      },
      adminPassword: "value of databaseAdminPassword",
    }),
    timeout: 120,
  });
  expect(step.options).toEqual(stepOptions);
  expect(step.parent).toBe(urn(type, "postgres"));
  expect(step.dependencies).toEqual(["postgres-data", "postgres-server"]);
});

it("gives its address and roles, with passwords that stay secret", async () => {
  const { made } = await recordPostgres();
  expect(await revealed(made.host)).toBe("postgres");
  expect(await revealed(made.port)).toBe(5432);
  expect(await revealed(made.name)).toBe("shop");
  expect(await revealed(made.sslmode)).toBe("disable");
  for (const [role, password] of [
    ["owner", "databaseOwnerPassword"],
    ["app", "databaseAppPassword"],
    ["monitor", "databaseMonitorPassword"],
  ] as const) {
    expect(await revealed(made[role].user)).toBe(`shop_${role}`);
    expect(await revealed(made[role].password)).toEqual(secret(`value of ${password}`));
  }
});

it("registers what a client needs, known once the roles exist", async () => {
  const recording = await recordPostgres();
  expect(recording.get("postgres").outputs).toEqual({ host: "postgres", port: 5432, name: "shop" });
  const preview = await recordPostgres({ preview: true });
  expect(preview.get("postgres").outputs).toEqual({ host: unknown, port: 5432, name: unknown });
});

it("mounts its volume where the image's major version keeps the data", async () => {
  const folder = async (pin: string) => {
    const recording = await recordPostgres({ pin });
    return (recording.get("postgres-server").inputs.volumes as { containerPath: string }[])[0]?.containerPath;
  };
  expect(await folder("postgres:17.10-bookworm")).toBe("/var/lib/postgresql/data");
  expect(await folder("postgres:18.1-bookworm")).toBe("/var/lib/postgresql");
  expect(await folder("postgis/postgis:17-3.5")).toBe("/var/lib/postgresql/data");
});

it.each(["owner", "app", "monitor"] as const)("lets nobody be its %s before that exists", async (role) => {
  for (const field of ["user", "password"] as const) {
    const { reached } = await holdAt("postgres-roles", (note) =>
      createPostgres()[role][field].apply(() => note("known")),
    );
    expect(reached).toContain("postgres-roles");
    expect(reached, field).not.toContain("known");
  }
});

it.each([
  // By its first digits this would be version 4500, and 17 would lose its data with the container.
  `postgres@sha256:4500${"ab".repeat(30)}`,
  "registry.example.com/shop/postgres:2026-01-22",
  "registry.example.com/shop/postgres:bookworm",
])("refuses %s, whose major version can't be told", async (pin) => {
  await expect(recordPostgres({ pin })).rejects.toThrow(RangeError);
});
