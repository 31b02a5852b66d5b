import { expect, it } from "vitest";
import type { PostgresSpec } from "../../../apps/spec";
import type { Postgres } from "../../../components/data/postgres";
import { databaseRolesSql } from "../../../lib/databaseRoles";
import { pgtune } from "../../../lib/pgtune";
import type { ReconcileDatabaseInput } from "../../../operations/steps/reconcileDatabase";
import { type Recording, revealed, secret } from "../mocks";
import { recordPostgres } from "../postgres";

const spec: Partial<PostgresSpec> = {
  schemas: ["metadata"],
  roles: {
    authenticator: { secret: "licence", memberOf: ["visitor"], inherit: false },
    visitor: {},
    accounts: { secret: "signingKey", schema: "accounts" },
  },
};

function sql(recording: Recording<Postgres>): string {
  const { secret: stdin } = recording.get("postgres-roles").inputs.stdin as { secret: string };
  return (JSON.parse(stdin) as ReconcileDatabaseInput).sql;
}

it("makes the schemas and roles of the spec, with the passwords in its secrets", async () => {
  expect(sql(await recordPostgres({ spec, backups: { pitr: true } }))).toBe(
    databaseRolesSql({
      database: "shop",
      extensions: ["pg_trgm"],
      schemas: ["metadata"],
      roles: {
        owner: { user: "shop_owner", password: "value of databaseOwnerPassword" },
        app: { user: "shop_app", password: "value of databaseAppPassword" },
        monitor: { user: "shop_monitor", password: "value of databaseMonitorPassword" },
        backup: { user: "shop_backup", password: "value of databaseBackupPassword", replication: true },
        application: [
          { user: "authenticator", password: "value of licence", memberOf: ["visitor"], inherit: false },
          { user: "visitor", memberOf: [], inherit: true },
          {
            user: "accounts",
            password: "value of signingKey",
            memberOf: [],
            inherit: true,
            schema: "accounts",
          },
        ],
      },
      adminPassword: "value of databaseAdminPassword",
    }),
  );
});

it("lets the owner manage roles, and a role do more than others, where the spec says so", async () => {
  const roles: PostgresSpec["roles"] = {
    worker: { secret: "licence", commonRights: true, memberOf: ["visitor"], bypassRowSecurity: "for all" },
    visitor: {},
  };
  const maps = { name: "postgis", schema: "maps" };
  expect(
    sql(await recordPostgres({ spec: { roles, ownerManagesRoles: true, extensions: ["pg_trgm", maps] } })),
  ).toBe(
    databaseRolesSql({
      database: "shop",
      extensions: ["pg_trgm", maps],
      roles: {
        owner: { user: "shop_owner", password: "value of databaseOwnerPassword" },
        ownerManagesRoles: true,
        app: { user: "shop_app", password: "value of databaseAppPassword" },
        monitor: { user: "shop_monitor", password: "value of databaseMonitorPassword" },
        retired: ["shop_backup"],
        application: [
          {
            user: "worker",
            password: "value of licence",
            memberOf: ["shop_app", "visitor"],
            inherit: true,
            bypassRowSecurity: true,
          },
          { user: "visitor", memberOf: [], inherit: true },
        ],
      },
      adminPassword: "value of databaseAdminPassword",
    }),
  );
});

it("gives those that log in, with passwords that stay secret", async () => {
  const { roles } = (await recordPostgres({ spec })).made;
  expect(Object.keys(roles)).toEqual(["authenticator", "accounts"]);
  const { authenticator, accounts } = roles;
  if (authenticator === undefined || accounts === undefined) throw new Error("a role is missing");
  expect(await revealed(authenticator.user)).toBe("authenticator");
  expect(await revealed(authenticator.password)).toEqual(secret("value of licence"));
  expect(await revealed(accounts.password)).toEqual(secret("value of signingKey"));
});

it("lets those that log in connect to a database that was restored", async () => {
  const { made } = await recordPostgres({ spec, backups: { pitr: false } });
  expect(made.backedUp?.roles).toEqual([
    "shop_app",
    "shop_monitor",
    "shop_backup",
    "authenticator",
    "accounts",
  ]);
});

it("takes as many connections as the spec says", async () => {
  const command = async (connections?: number) => {
    const recording = await recordPostgres(connections === undefined ? {} : { spec: { connections } });
    return recording.get("postgres-server").inputs.command;
  };
  const settings = { ...pgtune({ memory: 4096, cpus: 4, maxConnections: 260 }), listen_addresses: "*" };
  expect(await command(260)).toEqual([
    "postgres",
    ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ]);
  expect(await command()).toContain("max_connections=100");
});
