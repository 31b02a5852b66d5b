import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { Backups } from "../../components/backup/backups";
import { Images } from "../../components/images";
import { Networks } from "../../components/network/networks";
import { Step } from "../../components/step";
import type { StackConfig } from "../../config";
import { serviceSettings } from "../../lib/backup/serviceSettings";
import { backupSettings } from "../../lib/backup/settings";
import type { AwaitReadyInput } from "../../operations/steps/awaitReady";
import type { StartableContainer } from "../../operations/steps/start";
import { givenSecrets, identity, pins, testHost } from "./fixtures";
import { type Recording, record } from "./mocks";
import { backupPins } from "./shopConfig";

const database = { host: "postgres", port: 5432, name: "shop", user: "shop_backup", roles: ["shop_app"] };

export interface BackupsCase {
  readonly backups?: z.input<typeof backupSettings>;
  readonly observed?: boolean;
  readonly resources?: StackConfig["resources"];
}

/** The backups of the shop, and the step that makes it serve: `proxy-apply`. */
export function createBackups({ backups = {}, observed = true, resources = {} }: BackupsCase = {}): Backups {
  const host = testHost();
  const images = new Images("images", {
    pins: { ...pins, ...backupPins },
    registries: {},
    mirror: undefined,
  });
  const made = new Backups("backups", {
    identity,
    host,
    config: {
      backups: backupSettings.parse(backups),
      resources,
      timeouts: { ready: 90, drain: 20, migration: 600 },
    },
    images,
    serverImage: "postgres",
    networks: new Networks("networks", { identity, observed, backedUpElsewhere: backups.s3 !== undefined }),
    secrets: givenSecrets("backupS3AccessKeyId", "backupS3SecretAccessKey"),
    database,
    volumes: { "proxy-data": pulumi.output("shop-test-proxy-data") },
  });
  const input = { a: "1" };
  made.note({ api: "shop/api:1.2.0" }, new Step("proxy-apply", { script: "awaitReady", host, input }));
  return made;
}

export function recordBackups(given: BackupsCase = {}): Promise<Recording<Backups>> {
  return record(() => createBackups(given));
}

/** The file that both services go by. */
export function settingsText(given: z.input<typeof backupSettings> = {}): string {
  const args = { ...identity, backups: backupSettings.parse(given), database, volumes: ["proxy-data"] };
  return `${JSON.stringify(serviceSettings(args), undefined, 2)}\n`;
}

/** What the step is told that starts both. */
export function readyInput(recording: Recording<unknown>): AwaitReadyInput {
  const { secret: stdin } = recording.get("backups-ready").inputs.stdin as { secret: string };
  return JSON.parse(stdin) as AwaitReadyInput;
}

/** Both containers as they are started. */
export function started(recording: Recording<unknown>): Record<"service" | "drill", StartableContainer> {
  const [service, drill, ...others] = readyInput(recording).containers;
  if (service === undefined || drill === undefined || others.length > 0)
    throw new Error("not two containers");
  return { service, drill };
}
