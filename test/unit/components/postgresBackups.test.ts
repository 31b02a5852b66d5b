import { describe, expect, it } from "vitest";
import type { Postgres } from "../../../components/data/postgres";
import { databaseRolesSql } from "../../../lib/databaseRoles";
import { hostBasedAuthentication } from "../../../lib/hostBasedAuthentication";
import { pgtune } from "../../../lib/pgtune";
import type { ReconcileDatabaseInput } from "../../../operations/steps/reconcileDatabase";
import type { Recording } from "../mocks";
import { recordPostgres } from "../postgres";

const passwordFile = "/run/secrets/postgres/admin-password";
const authenticationFile = "/etc/slipway/pg_hba.conf";

function sql(recording: Recording<Postgres>): string {
  const { secret: stdin } = recording.get("postgres-roles").inputs.stdin as { secret: string };
  return (JSON.parse(stdin) as ReconcileDatabaseInput).sql;
}

function linesWith(part: string, recording: Recording<Postgres>): string[] {
  return sql(recording)
    .split("\n")
    .filter((line) => line.includes(part));
}

const dropsSlot =
  "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'slipway_backup' AND NOT active;";

describe("backed up", () => {
  it("has a role for it, and says how it is reached", async () => {
    const recording = await recordPostgres({ backups: { pitr: false } });
    expect(sql(recording)).toBe(
      databaseRolesSql({
        database: "shop",
        extensions: ["pg_trgm"],
        roles: {
          owner: { user: "shop_owner", password: "value of databaseOwnerPassword" },
          app: { user: "shop_app", password: "value of databaseAppPassword" },
          monitor: { user: "shop_monitor", password: "value of databaseMonitorPassword" },
          backup: { user: "shop_backup", password: "value of databaseBackupPassword", replication: false },
        },
        adminPassword: "value of databaseAdminPassword",
      }),
    );
    expect(recording.made.backedUp).toEqual({
      host: "postgres",
      port: 5432,
      name: "shop",
      user: "shop_backup",
      roles: ["shop_app", "shop_monitor", "shop_backup"],
    });
  });

  it("is the same server: its container is not replaced", async () => {
    const [without, with_] = [await recordPostgres(), await recordPostgres({ backups: { pitr: false } })];
    expect(with_.get("postgres-server")).toEqual(without.get("postgres-server"));
  });

  it("where it isn't, has no password for it, and a role from before that can do nothing", async () => {
    const recording = await recordPostgres();
    expect(linesWith("shop_backup", recording)).toEqual([
      `SELECT 'ALTER ROLE "shop_backup" NOLOGIN NOREPLICATION NOBYPASSRLS' FROM pg_roles WHERE rolname = 'shop_backup' \\gexec`,
    ]);
    expect(sql(recording)).not.toContain("databaseBackupPassword");
    expect(recording.made.backedUp).toBeUndefined();
  });
});

describe("the slot by which the log is fetched", () => {
  it.each([
    ["dropped where nothing is backed up", undefined, [dropsSlot]],
    ["dropped where the log is not fetched", { pitr: false }, [dropsSlot]],
    ["kept where the log is fetched", { pitr: true }, []],
  ])("is %s", async (_, backups, lines) => {
    expect(linesWith("replication_slot", await recordPostgres({ backups }))).toEqual(lines);
  });
});

describe("recoverable to any moment", () => {
  it("lets the role for backups stream the log, and keeps only so much for it", async () => {
    const recording = await recordPostgres({ backups: { pitr: true } });
    const { inputs } = recording.get("postgres-server");
    const settings = {
      ...pgtune({ memory: 4096, cpus: 4 }),
      listen_addresses: "*",
      hba_file: authenticationFile,
      max_slot_wal_keep_size: "4GB",
    };
    expect(inputs.command).toEqual([
      "postgres",
      ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
    ]);
    expect(inputs.volumes).toEqual([
      { containerPath: "/var/lib/postgresql/data", volumeName: "shop-test-postgres" },
      { containerPath: "/etc/slipway" },
      { containerPath: "/run/secrets/postgres" },
    ]);
    const { secret: stdin } = recording.get("postgres-roles").inputs.stdin as { secret: string };
    expect((JSON.parse(stdin) as ReconcileDatabaseInput).container.files).toEqual({
      [passwordFile]: "value of databaseAdminPassword",
      [authenticationFile]: hostBasedAuthentication("shop_backup"),
    });
    expect(sql(recording)).toContain(
      'ALTER ROLE "shop_backup" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION BYPASSRLS',
    );
  });
});
