import { describe, expect, it } from "vitest";
import { type DatabaseDemand, databaseRolesSql } from "../../../lib/databaseRoles";
import { sqlTokens } from "../sqlTokens";

const demand: DatabaseDemand = {
  database: "shop",
  extensions: ["pg_trgm", "uuid-ossp"],
  roles: {
    owner: { user: "shop_owner", password: "owner secret" },
    app: { user: "shop_app", password: "app secret" },
    monitor: { user: "shop_monitor", password: "monitor secret" },
  },
  adminPassword: "admin secret",
};

const dropsSlot =
  "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = 'slipway_backup' AND NOT active;";

const statements = databaseRolesSql(demand).split("\n");
const position = (statement: string) => {
  expect(statements).toContain(statement);
  return statements.indexOf(statement);
};

it("keeps the passwords out of the server's log before it says any", () => {
  const quiet = [
    "SET log_min_error_statement = 'panic';",
    "SET log_min_duration_statement = -1;",
    "SET log_statement = 'none';",
  ].map(position);
  const first = statements.findIndex((statement) => statement.includes("secret"));
  expect(Math.max(...quiet)).toBeLessThan(first);
});

it("sets the superuser's password", () => {
  position("ALTER ROLE postgres PASSWORD 'admin secret';");
});

describe.each(["owner", "app", "monitor"] as const)("the %s", (role) => {
  const { user, password } = demand.roles[role];

  it("is created where it is missing, then brought to what it must be", () => {
    const created = position(
      `SELECT 'CREATE ROLE "${user}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec`,
    );
    const altered = position(
      `ALTER ROLE "${user}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '${password}';`,
    );
    expect(created).toBeLessThan(altered);
  });
});

describe("a role for backups", () => {
  const backup = { user: "shop_backup", password: "backup secret", replication: false };
  const withBackup = (replication = false) =>
    databaseRolesSql({ ...demand, roles: { ...demand.roles, backup: { ...backup, replication } } }).split(
      "\n",
    );
  const at = (statement: string, lines = withBackup()) => {
    expect(lines).toContain(statement);
    return lines.indexOf(statement);
  };

  it("is created where it is missing, and reads rows also where a policy hides them", () => {
    const created = at(
      `SELECT 'CREATE ROLE "shop_backup"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop_backup') \\gexec`,
    );
    const altered = at(
      "ALTER ROLE \"shop_backup\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD 'backup secret';",
    );
    expect(created).toBeLessThan(altered);
  });

  it("streams the log where it must, and only there", () => {
    at(
      "ALTER ROLE \"shop_backup\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION BYPASSRLS PASSWORD 'backup secret';",
      withBackup(true),
    );
    for (const role of ["owner", "app", "monitor"]) {
      const altered = withBackup(true).find((one) => one.startsWith(`ALTER ROLE "shop_${role}" LOGIN`));
      expect(altered).toContain(" NOREPLICATION NOBYPASSRLS ");
    }
  });

  it("is granted to read everything, and to write nothing but its own schema", () => {
    const granted = withBackup().filter((one) => one.startsWith("GRANT") && one.includes("shop_backup"));
    expect(granted).toEqual([
      'GRANT pg_read_all_data TO "shop_backup";',
      'GRANT CONNECT, TEMPORARY ON DATABASE "shop" TO "shop_app", "shop_monitor", "shop_backup";',
    ]);
    const schema = [
      "CREATE SCHEMA IF NOT EXISTS slipway;",
      'ALTER SCHEMA slipway OWNER TO "shop_backup";',
      "CREATE TABLE IF NOT EXISTS slipway.heartbeat (run text PRIMARY KEY, at timestamptz NOT NULL);",
      'ALTER TABLE slipway.heartbeat OWNER TO "shop_backup";',
    ].map((statement) => at(statement));
    expect([...schema].sort((a, b) => a - b)).toEqual(schema);
    expect(Math.min(...schema)).toBeGreaterThan(at('\\connect "shop"'));
  });

  it("is taken out of all roles but the one that reads everything, before it is put into that", () => {
    const lines = withBackup();
    const index = lines.findIndex((statement) => statement.includes("pg_auth_members"));
    const words = sqlTokens(lines[index] ?? "").map(({ value }) => value);
    expect(words.join(" ")).toContain("IN ( shop_owner , shop_app , shop_monitor , shop_backup )");
    expect(words.join(" ")).toContain(
      "NOT IN ( ( shop_monitor , pg_monitor ) , ( shop_backup , pg_read_all_data ) )",
    );
    expect(index).toBeLessThan(at('GRANT pg_read_all_data TO "shop_backup";'));
  });

  it("is nowhere, nor its schema, where nothing is backed up: only a slot of before is dropped", () => {
    const said = statements.filter((one) => /backup|slipway|pg_read_all_data/.test(one));
    expect(said).toEqual([dropsSlot]);
  });

  it("loses its right to stream before its slot is dropped, or it could make a new one", () => {
    const altered = at(
      "ALTER ROLE \"shop_backup\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD 'backup secret';",
    );
    expect(at(dropsSlot)).toBeGreaterThan(altered);
  });

  it("keeps its slot where it streams the log", () => {
    expect(withBackup(true).filter((one) => one.includes("replication_slot"))).toEqual([]);
  });

  it("changes nothing of the others", () => {
    const own = /backup|slipway|pg_auth_members/;
    const others = (lines: readonly string[]) =>
      lines.filter((one) => !own.test(one) && !/^GRANT CONNECT/.test(one));
    expect(others(withBackup())).toEqual(others(statements));
  });

  it("has its password said once, as a literal", () => {
    const literals = sqlTokens(withBackup().join("\n")).filter(({ value }) => value === "backup secret");
    expect(literals.map(({ kind }) => kind)).toEqual(["literal"]);
  });
});

describe("a role that has had its work", () => {
  const retiring = (...retired: readonly string[]) =>
    databaseRolesSql({ ...demand, roles: { ...demand.roles, retired } }).split("\n");
  const retires = (user: string) =>
    `SELECT 'ALTER ROLE "${user}" NOLOGIN NOREPLICATION NOBYPASSRLS' FROM pg_roles WHERE rolname = '${user}' \\gexec`;

  it("can do nothing any more where it is there, and is not created where it isn't", () => {
    const lines = retiring("shop_backup");
    expect(lines.filter((one) => one.includes("shop_backup"))).toEqual([retires("shop_backup")]);
    expect(lines.filter((one) => one !== retires("shop_backup"))).toEqual(statements);
  });

  it("can do nothing before its slot is dropped", () => {
    const lines = retiring("shop_backup");
    expect(lines.indexOf(dropsSlot)).toBeGreaterThan(lines.indexOf(retires("shop_backup")));
  });

  it("is one of any number, with any name", () => {
    const said = retiring("one", "o'n\"e").filter((one) => one.includes("NOLOGIN NOREPLICATION"));
    expect(said).toEqual([
      retires("one"),
      `SELECT 'ALTER ROLE "o''n""e" NOLOGIN NOREPLICATION NOBYPASSRLS' FROM pg_roles WHERE rolname = 'o''n"e' \\gexec`,
    ]);
    expect(retiring()).toEqual(statements);
  });
});

describe("roles of the application", () => {
  const application = [
    { user: "authenticator", password: "role secret", memberOf: ["visitor", "member"], inherit: false },
    { user: "visitor", memberOf: [], inherit: true },
    { user: "member", memberOf: ["visitor"], inherit: true },
    { user: "login", password: "login secret", memberOf: [], inherit: true, schema: "accounts" },
  ];
  const lines = databaseRolesSql({ ...demand, roles: { ...demand.roles, application } }).split("\n");
  const at = (statement: string) => {
    expect(lines).toContain(statement);
    return lines.indexOf(statement);
  };
  const attributes = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD";

  it.each([
    ["authenticator", `LOGIN NOINHERIT ${attributes} 'role secret'`],
    ["visitor", `NOLOGIN INHERIT ${attributes} NULL`],
    ["member", `NOLOGIN INHERIT ${attributes} NULL`],
    ["login", `LOGIN INHERIT ${attributes} 'login secret'`],
  ])("%s is created where it is missing, and is %s", (user, is) => {
    const created = at(
      `SELECT 'CREATE ROLE "${user}"' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec`,
    );
    expect(created).toBeLessThan(at(`ALTER ROLE "${user}" ${is};`));
  });

  it("are put into those that they are members of, when all are there and after what was done by hand is undone", () => {
    const granted = lines.filter((line) => line.includes("GRANT %I TO %I"));
    const option = (inherit: string) =>
      `CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT ${inherit}' ELSE '' END`;
    expect(granted).toEqual([
      `SELECT format('GRANT %I TO %I', 'visitor', 'authenticator') || ${option("FALSE")} \\gexec`,
      `SELECT format('GRANT %I TO %I', 'member', 'authenticator') || ${option("FALSE")} \\gexec`,
      `SELECT format('GRANT %I TO %I', 'visitor', 'member') || ${option("TRUE")} \\gexec`,
    ]);
    const undone = lines.findIndex((line) => line.includes("pg_auth_members"));
    expect(undone).toBeGreaterThan(lines.findLastIndex((line) => line.includes("CREATE ROLE")));
    expect(undone).toBeLessThan(lines.indexOf(granted[0] ?? ""));
    const words = sqlTokens(lines[undone] ?? "").map(({ value }) => value);
    expect(words.join(" ")).toContain(
      "IN ( shop_owner , shop_app , shop_monitor , authenticator , visitor , member , login )",
    );
    expect(words.join(" ")).toContain(
      "NOT IN ( ( shop_monitor , pg_monitor ) , ( authenticator , visitor ) , ( authenticator , member ) , ( member , visitor ) )",
    );
  });

  it("connect where they can log in", () => {
    at(
      'GRANT CONNECT, TEMPORARY ON DATABASE "shop" TO "shop_app", "shop_monitor", "authenticator", "login";',
    );
  });

  it("own their schemas, in the database", () => {
    const created = at('CREATE SCHEMA IF NOT EXISTS "accounts" AUTHORIZATION "login";');
    expect(created).toBeGreaterThan(at('\\connect "shop"'));
    expect(at('ALTER SCHEMA "accounts" OWNER TO "login";')).toBe(created + 1);
  });

  it("keep what migrations grant to them", () => {
    const taken = lines.filter((line) => line.startsWith("REVOKE")).join("\n");
    for (const { user } of application) expect(taken).not.toContain(`"${user}"`);
  });

  it("are marked, and shut out when the spec has them no longer", () => {
    const mark = "'A role of the application, made by Slipway'";
    for (const { user } of application) at(`COMMENT ON ROLE "${user}" IS ${mark};`);
    const shutOut = (others: string) =>
      `SELECT format('ALTER ROLE %I NOLOGIN', rolname) FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = ${mark}${others} \\gexec`;
    at(shutOut(application.map(({ user }) => ` AND rolname <> '${user}'`).join("")));
    position(shutOut(""));
  });
});

describe("an owner that manages roles", () => {
  const application = [
    { user: "authenticator", password: "role secret", memberOf: ["visitor"], inherit: false },
    { user: "visitor", memberOf: [], inherit: true },
    { user: "member", memberOf: ["visitor"], inherit: true },
  ];
  const lines = (ownerManagesRoles: boolean) =>
    databaseRolesSql({ ...demand, roles: { ...demand.roles, ownerManagesRoles, application } }).split("\n");
  const managed = lines(true);
  const undoes = (line: string) => line.includes("pg_auth_members");

  it("may change roles, and has no other attribute", () => {
    expect(managed).toContain(
      "ALTER ROLE \"shop_owner\" LOGIN NOSUPERUSER NOCREATEDB CREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD 'owner secret';",
    );
    expect(managed.filter((line) => / CREATEROLE /.test(line))).toHaveLength(1);
  });

  it("is the administrator of those that can't log in, without their rights, once others have lost it", () => {
    const made = ["visitor", "member"].map(
      (role) => `GRANT "${role}" TO "shop_owner" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;`,
    );
    expect(managed.filter((line) => line.includes("WITH ADMIN"))).toEqual(made);
    expect(managed.findIndex(undoes)).toBeLessThan(managed.indexOf(made[0] ?? ""));
  });

  it("keeps that, and what it has granted to roles of the application", () => {
    const undone = managed.find(undoes) ?? "";
    expect(undone).toContain(
      " AND NOT (granted.rolname IN ('visitor', 'member')" +
        " AND (member.rolname = 'shop_owner' AND grantor.rolname = 'postgres'" +
        " OR member.rolname IN ('authenticator', 'visitor', 'member') AND grantor.rolname = 'shop_owner')) \\gexec",
    );
    expect(lines(false).find(undoes)).toBe(undone.replace(/ AND NOT \(granted.*(?= \\gexec)/, ""));
  });

  it("is nothing more than that", () => {
    const own = /"shop_owner" (LOGIN|WITH ADMIN)|pg_auth_members/;
    const others = (all: readonly string[]) => all.filter((line) => !own.test(line));
    expect(others(managed)).toEqual(others(lines(false)));
  });
});

it("has rows hidden from no role that the spec lets see them, and from all others", () => {
  const application = [
    { user: "worker", password: "worker secret", memberOf: ["shop_app"], inherit: true },
    { user: "visitor", memberOf: [], inherit: true },
  ].map((role) => ({ ...role, bypassRowSecurity: role.user === "worker" }));
  const sql = databaseRolesSql({ ...demand, roles: { ...demand.roles, application } });
  const altered = sql.split("\n").filter((line) => / (NO)?BYPASSRLS /.test(line));
  expect(altered.filter((line) => / BYPASSRLS /.test(line))).toEqual([
    "ALTER ROLE \"worker\" LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS PASSWORD 'worker secret';",
  ]);
  expect(altered).toHaveLength(5);
});

it("lets all roles find what is in the schema of an extension, when they are there", () => {
  const application = [{ user: "visitor", memberOf: [], inherit: true }];
  const lines = databaseRolesSql({
    ...demand,
    extensions: [{ name: "postgis", schema: "maps" }],
    roles: { ...demand.roles, application },
  }).split("\n");
  const granted = lines.indexOf('GRANT USAGE ON SCHEMA "maps" TO "shop_app", "shop_monitor", "visitor";');
  expect(granted).toBeGreaterThan(lines.indexOf('\\connect "shop"'));
  expect(lines.filter((line) => line.includes('"maps"'))).toHaveLength(4);
});

describe("a schema besides public", () => {
  const lines = databaseRolesSql({ ...demand, schemas: ["meta data"] }).split("\n");

  it("is the owner's, and made where it is missing", () => {
    const created = lines.indexOf('CREATE SCHEMA IF NOT EXISTS "meta data" AUTHORIZATION "shop_owner";');
    expect(created).toBeGreaterThan(lines.indexOf('\\connect "shop"'));
    expect(lines[created + 1]).toBe('ALTER SCHEMA "meta data" OWNER TO "shop_owner";');
  });

  it("is used as public is, and public still is", () => {
    const inPublic = statements.filter((line) => /^(REVOKE|GRANT|ALTER DEFAULT).* SCHEMA public /.test(line));
    const used = inPublic.filter((line) => !line.endsWith("FROM PUBLIC;"));
    expect(used).toHaveLength(11);
    for (const statement of used) {
      expect(lines).toContain(statement);
      expect(lines).toContain(statement.replace("SCHEMA public ", 'SCHEMA "meta data" '));
    }
  });
});

it("lets a migration wait only briefly for a lock", () => {
  position("ALTER ROLE \"shop_owner\" SET lock_timeout = '5s';");
});

it("lets the monitor read statistics and nothing else", () => {
  position('GRANT pg_monitor TO "shop_monitor";');
  const granted = statements.filter((statement) => /^GRANT .*"shop_monitor"/.test(statement));
  expect(granted).toEqual([
    'GRANT pg_monitor TO "shop_monitor";',
    'GRANT CONNECT, TEMPORARY ON DATABASE "shop" TO "shop_app", "shop_monitor";',
    'GRANT USAGE ON SCHEMA public TO "shop_app", "shop_monitor";',
  ]);
});

it("creates the database where it is missing, owned by the owner and closed to all others", () => {
  const created = position(
    `SELECT 'CREATE DATABASE "shop" OWNER "shop_owner"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'shop') \\gexec`,
  );
  const owned = position('ALTER DATABASE "shop" OWNER TO "shop_owner";');
  const closed = position('REVOKE ALL ON DATABASE "shop" FROM PUBLIC;');
  expect(created).toBeLessThan(owned);
  expect(owned).toBeLessThan(closed);
});

it("works inside the database from where it connects to it", () => {
  const connected = position('\\connect "shop"');
  const inside = [
    'CREATE EXTENSION IF NOT EXISTS "pg_trgm";',
    'CREATE EXTENSION IF NOT EXISTS "uuid-ossp";',
    'ALTER SCHEMA public OWNER TO "shop_owner";',
    "REVOKE ALL ON SCHEMA public FROM PUBLIC;",
  ].map(position);
  expect(Math.min(...inside)).toBeGreaterThan(connected);
  expect(position('ALTER DATABASE "shop" OWNER TO "shop_owner";')).toBeLessThan(connected);
});

it.each([
  ["TABLES", "SELECT, INSERT, UPDATE, DELETE"],
  ["SEQUENCES", "USAGE, SELECT, UPDATE"],
  ["FUNCTIONS", "EXECUTE"],
])("lets the services use %s that are there, and those that a migration will make", (kind, privileges) => {
  position(`GRANT ${privileges} ON ALL ${kind} IN SCHEMA public TO "shop_app";`);
  position(
    `ALTER DEFAULT PRIVILEGES FOR ROLE "shop_owner" IN SCHEMA public GRANT ${privileges} ON ${kind} TO "shop_app";`,
  );
});

it("takes back at once what was granted by hand, so that the services are never without their privileges", () => {
  const [begin, commit] = [position("BEGIN;"), position("COMMIT;")];
  const inside = (statement: string) => {
    const at = position(statement);
    expect(at).toBeGreaterThan(begin);
    expect(at).toBeLessThan(commit);
    return at;
  };
  const both = '"shop_app", "shop_monitor"';
  const revoked = inside(`REVOKE ALL ON SCHEMA public FROM ${both} CASCADE;`);
  expect(revoked).toBeLessThan(inside(`GRANT USAGE ON SCHEMA public TO ${both};`));
  for (const kind of ["TABLES", "SEQUENCES", "FUNCTIONS"]) {
    const grant = statements.findIndex((one) => one.includes(` ON ALL ${kind} `) && one.startsWith("GRANT"));
    expect(inside(`REVOKE ALL ON ALL ${kind} IN SCHEMA public FROM ${both} CASCADE;`)).toBeLessThan(grant);
    expect(grant).toBeLessThan(commit);
  }
});

it("takes the roles out of all others but the monitor's one, before it is put into that", () => {
  const at = statements.findIndex((statement) => statement.includes("pg_auth_members"));
  const words = sqlTokens(statements[at] ?? "").map(({ value }) => value);
  expect(words.slice(0, 3)).toEqual(["SELECT", "format", "("]);
  expect(words.join(" ")).toContain("IN ( shop_owner , shop_app , shop_monitor )");
  expect(words.join(" ")).toContain("NOT IN ( ( shop_monitor , pg_monitor ) )");
  // From Postgres 16 on, a membership that another role granted stays unless that role is named.
  expect(words).toContain("REVOKE %I FROM %I GRANTED BY %I CASCADE");
  expect(words.at(-1)).toBe("\\gexec");
  expect(at).toBeLessThan(position('GRANT pg_monitor TO "shop_monitor";'));
});

it("never lets the services change the schema", () => {
  const granted = statements.filter((statement) => statement.includes('TO "shop_app"')).join("\n");
  expect(granted).not.toMatch(/\b(CREATE|ALL PRIVILEGES|TRUNCATE|REFERENCES|TRIGGER|OWNER)\b/);
  expect(granted).not.toContain("WITH GRANT OPTION");
});

it("does nothing for extensions where there is none", () => {
  expect(databaseRolesSql({ ...demand, extensions: [] })).not.toContain("EXTENSION");
});

it("ends with a line end, and has no value that is not there", () => {
  expect(databaseRolesSql(demand).endsWith("\n")).toBe(true);
  expect(databaseRolesSql(demand)).not.toContain("undefined");
});

it("says each password once, as a literal", () => {
  const literals = sqlTokens(databaseRolesSql(demand)).filter(({ kind }) => kind === "literal");
  for (const password of ["owner secret", "app secret", "monitor secret", "admin secret"]) {
    expect(literals.filter(({ value }) => value === password)).toHaveLength(1);
  }
});
