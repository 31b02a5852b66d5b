import { proxyBuilder } from "../../lib/proxyImages";
import { runStep } from "../step";
import { baseStep } from "./base";
import { exampleStandIns } from "./exampleStandIns";
import type { GoProgram } from "./goPrograms";
import { type StandIn, standInStep } from "./standIn";
import { nodeStandIn, postgresStandIn } from "./standIns";

/** The S3 store that the tests keep backups in. */
export const storeStandIn: StandIn = {
  folder: "versitygw",
  image: "versity/versitygw:v1.8.0",
  contents: "Versity S3 Gateway built from its Go module on Debian bookworm",
  suite: "bookworm",
  goPrograms: {
    versitygw: { folder: "versitygw/program", package: "github.com/versity/versitygw/cmd/versitygw" },
  },
};

export const postgisStandIn: StandIn = {
  folder: "postgis",
  image: "postgis/postgis:17-3.5",
  contents: "PostgreSQL 17 with PostGIS {version} from Debian trixie, without raster and SFCGAL",
  suite: "trixie",
  on: postgresStandIn,
  debianPackages: {
    root: `postgresql-17-postgis-3 postgresql-17-postgis-3-scripts proj-data libproj25 libgeos-c1t64 libgeos3.13.1
      libjson-c5 libprotobuf-c1 libsqlite3-0 libtiff6 libdeflate0 libjbig0 libjpeg62-turbo liblerc4 libwebp7
      libsharpyuv0 libcurl3t64-gnutls libbrotli1 libgnutls30t64 libp11-kit0 libffi8 libtasn1-6 libunistring5
      libhogweed6t64 libnettle8t64 libgmp10 libidn2-0 libnghttp2-14 libnghttp3-9 libngtcp2-16
      libngtcp2-crypto-gnutls8 libpsl5t64 librtmp1 libssh2-1t64`,
  },
};

/** Togather's own image of Postgres. Debian trixie has no Postgres 16. */
export const togatherPostgresStandIn: StandIn = {
  folder: "pgvector",
  image: "togather/postgres:16.10",
  contents: "PostgreSQL 17, not 16, with PostGIS and pgvector {version} from Debian trixie",
  suite: "trixie",
  on: postgisStandIn,
  debianPackages: { root: "postgresql-17-pgvector" },
};

/** The gateway of services that may reach certain hosts only. */
export const squidStandIn: StandIn = {
  folder: "squid",
  image: "ubuntu/squid:6.6-24.04_beta",
  contents: "squid {version} from Debian trixie",
  suite: "trixie",
  debianPackages: {
    root: `squid squid-common squid-langpack libecap3 libltdl7 libcom-err2 libgnutls30t64 libgssapi-krb5-2 libkrb5-3
      libkrb5support0 libk5crypto3 libkeyutils1 libldap2 libnetfilter-conntrack3 libnfnetlink0 libmnl0 libnettle8t64
      libhogweed6t64 libgmp10 libp11-kit0 libffi8 libtasn1-6 libunistring5 libidn2-0 libsasl2-2 libsystemd0 libtdb1
      libcap2 libcrypt1 netbase ca-certificates`,
  },
};

/** The module proxies have MinIO's last commit, and no release. */
const minioVersion = "2026-02-12T20:18:48Z";

/** A program of MinIO, which would otherwise call itself a development version. */
function minio(program: string): GoProgram {
  const module = `github.com/minio/${program}`;
  return {
    folder: "minio/program",
    package: module,
    values: {
      [`${module}/cmd.Version`]: minioVersion,
      [`${module}/cmd.ReleaseTag`]: `RELEASE.${minioVersion.replaceAll(":", "-")}`,
    },
  };
}

/** The object store of a system that has one. */
export const objectStoreStandIn: StandIn = {
  folder: "minio",
  image: "minio/minio:RELEASE.2025-09-07T16-13-09Z",
  contents: `MinIO of ${minioVersion} and mc built from their Go modules on Debian bookworm`,
  suite: "bookworm",
  debianPackages: { root: "ca-certificates" },
  goPrograms: { minio: minio("minio"), mc: minio("mc") },
};

/** What the proxy is built with for a route with a rate limit. */
export const proxyBuilderStandIn: StandIn = {
  folder: "caddy-builder",
  image: proxyBuilder.default,
  contents:
    "Caddy with rate limits, built from Go modules, and a script in place of xcaddy that hands it out",
  suite: "bookworm",
  debianPackages: { setcap: "libcap2-bin" },
  goPrograms: { caddy: { folder: "caddy-builder/program", tags: "nobadger,nomysql,nopgx" } },
};

/** The status page that people set up by hand. */
export const uptimeKumaStandIn: StandIn = {
  folder: "uptime-kuma",
  image: "louislam/uptime-kuma:2.5.3-slim-rootless",
  contents: "a page that says so, on Node.js",
  suite: "bookworm",
  on: nodeStandIn,
};

const keycloakVersion = "26.4.7";

/** Who logs in, where a system keeps that itself. */
export const keycloakStandIn: StandIn = {
  folder: "keycloak",
  image: `quay.io/keycloak/keycloak:${keycloakVersion}`,
  contents: `Keycloak ${keycloakVersion} from Maven Central, prepared for Postgres, on Java {version} from Debian trixie`,
  suite: "trixie",
  debianPackages: {
    root: `openjdk-21-jre-headless libjpeg62-turbo liblcms2-2 libnspr4 libnss3 libpcsclite1 ca-certificates
      ca-certificates-java`,
  },
  mavenArtifacts: { distribution: `org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip` },
  args: { VERSION: keycloakVersion },
};

/** What only tests need: the stack that `npm start` deploys has none of it. */
export const testStandIns: readonly StandIn[] = [
  proxyBuilderStandIn,
  storeStandIn,
  squidStandIn,
  postgisStandIn,
  togatherPostgresStandIn,
  objectStoreStandIn,
  uptimeKumaStandIn,
  keycloakStandIn,
  ...Object.values(exampleStandIns),
];

const made = new Map<StandIn, Promise<void>>();

/** Puts the stand-in, and what it is built on, on the local registry, which must be up. */
export function makeStandIn(standIn: StandIn): Promise<void> {
  const promise = made.get(standIn) ?? make(standIn);
  made.set(standIn, promise);
  return promise;
}

function make(standIn: StandIn): Promise<void> {
  const base = standIn.on === undefined ? runStep(baseStep(standIn.suite)) : makeStandIn(standIn.on);
  return runStep(standInStep(standIn, base, Promise.resolve()));
}
