import { pins } from "./pins";
import type { StandIn } from "./standIn";

/** What the originals have besides their program: busybox, and the certificates of public authorities. */
const common = "busybox-static ca-certificates";

/** An exporter that is a Debian package and no more. */
function exporter(image: string, name: string, args: Readonly<Record<string, string>>): StandIn {
  return {
    folder: "exporter",
    image,
    contents: `prometheus-${name} {version} from Debian trixie`,
    suite: "trixie",
    debianPackages: { root: `prometheus-${name} ${common}` },
    args: { PACKAGED: `/usr/bin/prometheus-${name}`, ...args },
  };
}

/** Stand-ins for what watches a system. */
export const observabilityStandIns: readonly StandIn[] = [
  exporter(pins.nodeExporter, "node-exporter", {
    PROGRAM: "/bin/node_exporter",
    USER: "nobody",
    PORT: "9100",
  }),
  exporter(pins.postgresExporter, "postgres-exporter", {
    PROGRAM: "/bin/postgres_exporter",
    USER: "nobody",
    PORT: "9187",
  }),
  exporter(pins.redisExporter, "redis-exporter", {
    PROGRAM: "/redis_exporter",
    USER: "59000:59000",
    PORT: "9121",
  }),
  {
    folder: "blackbox-exporter",
    image: pins.blackboxExporter,
    contents: "prometheus-blackbox-exporter {version} from Debian trixie",
    suite: "trixie",
    debianPackages: { root: `prometheus-blackbox-exporter ${common}` },
  },
  {
    folder: "prometheus",
    image: pins.prometheus,
    contents: "Prometheus {version} with its older web pages from Debian trixie",
    suite: "trixie",
    debianPackages: {
      root: `prometheus promtool ${common} fonts-glyphicons-halflings libjs-bootstrap4 libjs-d3
        libjs-eonasdan-bootstrap-datetimepicker libjs-jquery libjs-jquery-hotkeys libjs-moment libjs-moment-timezone
        libjs-mustache libjs-popper.js libjs-rickshaw`,
    },
  },
];
