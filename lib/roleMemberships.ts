import { literal } from "./sql";

/** That a role may take on the rights of another one. */
export interface Membership {
  readonly member: string;
  readonly group: string;
}

/** That one who is no superuser puts roles into others. */
export interface RoleManagement {
  readonly manager: string;
  /** Roles that are put into others. */
  readonly groups: readonly string[];
  /** Roles that may be put into them. */
  readonly members: readonly string[];
}

/** From this version on, every membership says by itself whether it is inherited, and each grantor has one of its own. */
const separateGrants = "current_setting('server_version_num')::int >= 160000";

/** The superuser, who grants all of ours. */
const grantor = "postgres";

/** Takes roles out of all others that they were put into by hand, in one line. What a manager did was not by hand. */
export function otherMemberships(
  members: readonly string[],
  kept: readonly Membership[],
  management?: RoleManagement,
): string {
  const pairs = kept.map(({ member, group }) => `(${literal(member)}, ${literal(group)})`);
  return [
    // Whoever granted it must be named: from Postgres 16 on, one grantor can't take back another's.
    "SELECT format('REVOKE %I FROM %I GRANTED BY %I CASCADE', granted.rolname, member.rolname, grantor.rolname)",
    "FROM pg_auth_members AS membership",
    "JOIN pg_roles AS granted ON granted.oid = membership.roleid",
    "JOIN pg_roles AS member ON member.oid = membership.member",
    "JOIN pg_roles AS grantor ON grantor.oid = membership.grantor",
    `WHERE member.rolname IN (${listed(members)})`,
    `AND ((member.rolname, granted.rolname) NOT IN (${pairs.join(", ")})`,
    `OR membership.admin_option OR (${separateGrants} AND grantor.rolname <> ${literal(grantor)}))`,
    ...(management === undefined ? [] : [`AND NOT (${isManaged(management)})`]),
    "\\gexec",
  ].join(" ");
}

/** What makes the manager one, and what it has granted. */
function isManaged({ manager, groups, members }: RoleManagement): string {
  const made = `member.rolname = ${literal(manager)} AND grantor.rolname = ${literal(grantor)}`;
  const granted = `member.rolname IN (${listed(members)}) AND grantor.rolname = ${literal(manager)}`;
  return `granted.rolname IN (${listed(groups)}) AND (${made} OR ${granted})`;
}

function listed(roles: readonly string[]): string {
  return roles.map(literal).join(", ");
}

/**
 * Puts a role into another one, in one line.
 *
 * @param inherit whether it has the other one's rights without asking for them by SET ROLE.
 */
export function membershipStatement({ member, group }: Membership, inherit: boolean): string {
  const option = `CASE WHEN ${separateGrants} THEN ' WITH INHERIT ${inherit ? "TRUE" : "FALSE"}' ELSE '' END`;
  return `SELECT format('GRANT %I TO %I', ${literal(group)}, ${literal(member)}) || ${option} \\gexec`;
}
