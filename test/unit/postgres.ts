import type { PostgresSpec } from "../../apps/spec";
import { Postgres, type PostgresArgs } from "../../components/data/postgres";
import { Images } from "../../components/images";
import { givenSecrets, identity, pins, shop, testHost } from "./fixtures";
import { type Recording, record } from "./mocks";

/** The server of the shop. */
export function createPostgres(
  pin = pins.postgres,
  backups: PostgresArgs["backups"] = undefined,
  spec: Partial<PostgresSpec> = {},
): Postgres {
  const images = new Images("images", { pins: { postgres: pin }, registries: {}, mirror: undefined });
  return new Postgres("postgres", {
    identity,
    host: testHost(),
    spec: { ...shop.postgres, ...spec },
    resources: { memory: 4096, cpus: 4 },
    image: images.get("postgres"),
    network: "shop-test-data",
    secrets: givenSecrets(),
    release: "api 1.2.0, postgres 17.10-bookworm",
    backups,
    readyTimeout: 120,
  });
}

export interface PostgresCase {
  readonly pin?: string;
  readonly preview?: boolean;
  readonly backups?: PostgresArgs["backups"];
  /** What its spec has otherwise than the shop's. */
  readonly spec?: Partial<PostgresSpec>;
}

export function recordPostgres({
  pin,
  preview = false,
  backups,
  spec,
}: PostgresCase = {}): Promise<Recording<Postgres>> {
  return record(() => createPostgres(pin, backups, spec), { preview });
}
