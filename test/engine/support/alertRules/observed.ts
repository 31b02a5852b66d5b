import type { Observed } from "../../../../lib/observability/observed";
import type { Profile } from "../../../../lib/observability/profiles";
import { observedSystem } from "../../../unit/lib/observability/alertingObserved";

/** A system with all that can be observed. */
export function observedShop(changes: Partial<Observed> = {}, profile: Profile = "full"): Observed {
  const shop: Partial<Observed> = {
    system: "shop",
    stack: "test",
    services: [
      { name: "backend", port: 8080, metrics: "/metrics" },
      { name: "worker", port: 9000, metrics: "/metrics" },
    ],
    routes: [
      { domain: "app", url: "https://shop.example.com/health" },
      { domain: "app", url: "https://shop.example.com/" },
    ],
  };
  return observedSystem({ ...shop, ...changes }, profile);
}
