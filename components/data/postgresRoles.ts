import * as pulumi from "@pulumi/pulumi";
import type { PostgresSpec } from "../../apps/spec";
import type { ApplicationRole } from "../../lib/applicationRoles";
import type { DatabaseRoles } from "../../lib/databaseRoles";
import { mapValues } from "../../lib/records";
import type { Credentials } from "./database";
import type { Secrets } from "./secrets";

/** Names of the roles that every database has. */
export function users({ database }: PostgresSpec) {
  return {
    owner: `${database}_owner`,
    app: `${database}_app`,
    monitor: `${database}_monitor`,
    backup: `${database}_backup`,
  };
}

/** The roles that every database has. */
export type UsualRoles = { readonly [Role in keyof ReturnType<typeof users>]: Credentials };

export function usualRoles(spec: PostgresSpec, secrets: Secrets): UsualRoles {
  const names = users(spec);
  const role = (name: keyof UsualRoles, secret: string): Credentials => ({
    user: pulumi.output(names[name]),
    password: secrets.get(secret),
  });
  return {
    owner: role("owner", "databaseOwnerPassword"),
    app: role("app", "databaseAppPassword"),
    monitor: role("monitor", "databaseMonitorPassword"),
    backup: role("backup", "databaseBackupPassword"),
  };
}

/** Names of the roles of the spec that can log in. */
export function logins({ roles = {} }: PostgresSpec): string[] {
  return Object.keys(roles).filter((role) => roles[role]?.secret !== undefined);
}

/** How the roles of the spec that can log in do so, by their names. */
export function loginRoles(spec: PostgresSpec, secrets: Secrets): Readonly<Record<string, Credentials>> {
  return Object.fromEntries(
    Object.entries(spec.roles ?? {}).flatMap(([user, { secret }]) =>
      secret === undefined ? [] : [[user, { user: pulumi.output(user), password: secrets.get(secret) }]],
    ),
  );
}

export interface WantedRoles {
  readonly spec: PostgresSpec;
  readonly usual: UsualRoles;
  /** Those of the spec that can log in. */
  readonly logins: Readonly<Record<string, Credentials>>;
  /** Undefined where nothing is backed up. */
  readonly backups: { readonly replication: boolean } | undefined;
}

/** All roles that the database must have. */
export function databaseRoles({ spec, usual, logins, backups }: WantedRoles): pulumi.Output<DatabaseRoles> {
  const { backup, ...others } = usual;
  const passwords = mapValues(logins, ({ password }) => password);
  return pulumi
    .all([pulumi.output(others), pulumi.output(backup), pulumi.output(passwords)])
    .apply(([known, credentials, passwords]) => ({
      ...known,
      ownerManagesRoles: spec.ownerManagesRoles ?? false,
      application: applicationRoles(spec, passwords),
      ...(backups === undefined
        ? { retired: [credentials.user] }
        : { backup: { ...credentials, replication: backups.replication } }),
    }));
}

function applicationRoles(
  spec: PostgresSpec,
  passwords: Readonly<Record<string, string>>,
): ApplicationRole[] {
  return Object.entries(spec.roles ?? {}).map(([user, role]) => {
    const { memberOf = [], inherit = true, schema, commonRights = false, bypassRowSecurity } = role;
    return {
      user,
      password: passwords[user],
      memberOf: [...(commonRights ? [users(spec).app] : []), ...memberOf],
      inherit,
      schema,
      bypassRowSecurity: bypassRowSecurity !== undefined,
    };
  });
}
