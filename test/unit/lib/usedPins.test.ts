import { describe, expect, it } from "vitest";
import { clubhouse } from "../../../apps/clubhouse";
import { backupSettings } from "../../../lib/backup/settings";
import type { Profile } from "../../../lib/observability/profiles";
import { stackSchema } from "../../../lib/stackSchema";
import { usedPins } from "../../../lib/usedPins";

const images = stackSchema(clubhouse).shape.images.parse({
  backend: "a/backend:1",
  frontend: "a/frontend:1",
});

function used(profile: Profile, enabled: boolean, postgres?: object): string[] {
  const backups = backupSettings.parse({ enabled });
  return Object.keys(usedPins({ app: clubhouse, images, observability: { profile }, backups, postgres }));
}

describe("the images that a stack runs", () => {
  const own = ["backend", "frontend", "postgres", "redis", "proxy"];
  const observing = [
    ...["prometheus", "alertmanager", "grafana", "loki", "tempo", "guardian", "collector", "nodeExporter"],
    ...["blackboxExporter", "postgresExporter", "redisExporter"],
  ];
  const cases: [string, string[], string[]][] = [
    ["are all of them", used("full", true), [...own, ...observing, "restic", "node"]],
    ["are its own where nothing else is wanted", used("off", false), own],
    [
      "are without traces' and logs' where only metrics are wanted",
      used("metricsOnly", false),
      [...own, ...observing.filter((part) => part !== "loki" && part !== "tempo")],
    ],
    [
      "are without those of a database that somebody else runs and backs up",
      used("full", true, { host: "db.example.com" }),
      [...own, ...observing].filter((image) => !/^postgres/.test(image)),
    ],
  ];

  it.each(cases)("%s", (_, actual, expected) => {
    expect(actual.sort()).toEqual(expected.sort());
  });

  it("have the pins of the stack, or the defaults", () => {
    const settings = { app: clubhouse, images, observability: { profile: "off" as const } };
    const pins = usedPins({ ...settings, backups: backupSettings.parse({ enabled: false }) });
    expect(pins).toMatchObject({ backend: "a/backend:1", proxy: "caddy:2.11.9" });
  });
});
