import { clubhouse } from "../../apps/clubhouse";
import { imageSpecs } from "../../lib/imageSpecs";

/**
 * The images that the local stack takes from registries, by their names there. Air-gapped, a stand-in is put on the
 * local registry under each of these names.
 */
export const pins = {
  postgres: pinOf("postgres"),
  redis: pinOf("redis"),
  caddy: pinOf("proxy"),
  /** Base of the sample's backend, and what the guardian runs on. */
  node: pinOf("guardian"),
  prometheus: pinOf("prometheus"),
  alertmanager: pinOf("alertmanager"),
  grafana: pinOf("grafana"),
  loki: pinOf("loki"),
  tempo: pinOf("tempo"),
  collector: pinOf("collector"),
  nodeExporter: pinOf("nodeExporter"),
  blackboxExporter: pinOf("blackboxExporter"),
  postgresExporter: pinOf("postgresExporter"),
  redisExporter: pinOf("redisExporter"),
  /** What the image of the backup service takes restic from. */
  restic: pinOf("restic"),
};

/** The system that the stack `local` deploys says which images it needs; for the rest there are defaults. */
function pinOf(image: string): string {
  const pin = imageSpecs(clubhouse)[image]?.default;
  if (pin === undefined) throw new Error(`apps/clubhouse.ts has no default for the image ${image}`);
  return pin;
}
