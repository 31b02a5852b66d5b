import type { AppSpec } from "../../apps/spec";
import { describeIssues } from "../../lib/configurationErrors";
import { servicesIn, switchedOff } from "../../lib/effectiveApp";
import { type StackSettings, stackSchema } from "../../lib/stackSchema";
import { shop } from "./fixtures";

type Settings = Readonly<Record<string, unknown>>;

/** As little as the shop needs. */
export const good = {
  app: "shop",
  domains: { web: "shop.example.com", admin: "admin.example.com", monitoring: "grafana.example.com" },
  images: { api: "ghcr.io/org/api:1.0.0" },
  secrets: { licence: "a-licence-key" },
  tls: { mode: "internal" },
};

/** Dotted keys, as in the messages. */
function changed(changes: Settings): Settings {
  const settings = structuredClone(good) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let group = settings;
    for (const key of keys) {
      group[key] ??= {};
      group = group[key] as Record<string, unknown>;
    }
    if (value === undefined) delete group[last];
    else group[last] = structuredClone(value);
  }
  return settings;
}

/** What is wrong with the good settings after changes to them. */
export function problems(changes: Settings, app: AppSpec = shop): readonly string[] {
  const settings = changed(changes);
  const schema = stackSchema(app, settings);
  const result = schema.safeParse(settings);
  return result.success
    ? []
    : describeIssues(result.error.issues, settings, schema, {
        explained: switchedOff(app, servicesIn(settings)),
      });
}

/** What becomes of the good settings with changes that are good too. */
export function parsed(changes: Settings, app: AppSpec = shop): StackSettings {
  const settings = changed(changes);
  return stackSchema(app, settings).parse(settings);
}
