import * as pulumi from "@pulumi/pulumi";
import { vi } from "vitest";
import { LocalHost } from "../../../components/host/localHost";
import { System } from "../../../components/system";
import type { StackConfig } from "../../../config";
import { imageSpecs } from "../../../lib/imageSpecs";
import { observabilitySettings } from "../../../lib/observability/settings";
import { pins, shop } from "../fixtures";
import { record } from "../mocks";
import { backedUpShop, store } from "../shopConfig";
import { type Judged, judgedOf } from "./verdict";

const digest = `@sha256:${"0123456789abcdef".repeat(4)}`;

/** Every image of the shop, with a digest. */
export const pinsByDigest = Object.fromEntries(
  Object.entries({ ...defaults(), ...pins }).map(([name, pin]) => [name, `${pin}${digest}`]),
);

function defaults(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imageSpecs(shop)).map(([name, { default: pin = "" }]) => [name, pin]),
  );
}

/** Resources of the shop with all that a stack can have, in production. */
export async function production(change: Partial<StackConfig> = {}): Promise<Judged[]> {
  // It says that the key of the backups is not exported, which is no matter here.
  vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  const stack = change.stack ?? "production";
  const config = backedUpShop(
    { s3: store, pitr: true },
    {
      stack,
      images: pinsByDigest,
      observability: observabilitySettings.parse({ profile: "full" }),
      domains: { web: "shop.example.com", admin: "admin.example.com", monitoring: "watch.example.com" },
      secrets: Object.fromEntries(
        ["licence", "backupS3AccessKeyId", "backupS3SecretAccessKey"].map((name) => [
          name,
          pulumi.secret(name),
        ]),
      ),
      ...change,
    },
  );
  return judgedOf(await record(() => new System("shop", { host: new LocalHost("host"), config }), { stack }));
}
