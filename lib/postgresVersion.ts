import { releaseOf } from "./image";

/** What a pin of Postgres may be, for error messages. */
export const postgresPinForm =
  "a pinned image whose tag starts with the major version of Postgres, such as postgres:17.10-bookworm";

/** The major version that a tag starts with (`17.10-bookworm`, `17-3.5`, `pg17`), or undefined when it doesn't say. */
export function majorVersion(release: string): number | undefined {
  const version = /^(?:pg)?(\d{1,2})(?=[.-]|$)/.exec(release)?.[1];
  return version === undefined ? undefined : Number(version);
}

/** From this version on, a role can change those alone that it is the administrator of, and no others. */
const managesRolesFrom = 16;

/** What a pin may be where the owner manages roles. */
export const managingPostgresPinForm = `${postgresPinForm}, from ${managesRolesFrom} on, as postgres.ownerManagesRoles of the system needs it`;

export function managesRoles(pin: string): boolean {
  return (majorVersion(releaseOf(pin)) ?? 0) >= managesRolesFrom;
}

/** Where the data is depends on the version, and a guess would start an empty database. */
export function tellsMajorVersion(pin: string): boolean {
  return majorVersion(releaseOf(pin)) !== undefined;
}
