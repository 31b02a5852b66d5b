import type { GoProgram } from "./goPrograms";
import { pins } from "./pins";
import type { StandIn } from "./standIn";

/** What the originals have besides their program: busybox, and the certificates of public authorities. */
const common = "busybox-static ca-certificates";

/** Its Prometheus receiver can find targets in many clouds; their libraries would take minutes to compile. */
const collector: GoProgram = { folder: "collector/program", tags: "remove_all_sd,enable_dns_sd" };

/** One of the two programs of Alertmanager's module. */
function alertmanager(program: string): GoProgram {
  const module = "github.com/prometheus/alertmanager";
  const version = tagOf(pins.alertmanager);
  return {
    folder: "alertmanager/program",
    package: `${module}/cmd/${program}`,
    values: { "github.com/prometheus/common/version.Version": version.replace("v", "") },
    completes: {
      module: `${module}@${version}`,
      into: "alertmanager",
      files: { "ui/app/dist/index.html": "The web pages are in releases only." },
    },
  };
}

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
  {
    folder: "collector",
    image: pins.collector,
    contents: "OpenTelemetry Collector 0.155 with some of contrib's components built from Go modules",
    suite: "bookworm",
    debianPackages: { root: "ca-certificates" },
    goPrograms: { "otelcol-contrib": collector },
  },
  {
    folder: "alertmanager",
    image: pins.alertmanager,
    contents: "Alertmanager and amtool built from their Go module, without web pages, on Debian trixie",
    suite: "trixie",
    debianPackages: { root: common },
    goPrograms: { alertmanager: alertmanager("alertmanager"), amtool: alertmanager("amtool") },
  },
  {
    folder: "loki",
    image: pins.loki,
    contents: "Loki 3.0.0 built from its Go module on Debian bookworm",
    suite: "bookworm",
    debianPackages: { root: common },
    goPrograms: {
      loki: {
        folder: "loki/program",
        package: "github.com/grafana/loki/v3/cmd/loki",
        values: { "github.com/grafana/loki/v3/pkg/util/build.Version": "3.0.0" },
      },
    },
  },
  {
    folder: "tempo",
    image: pins.tempo,
    contents: "an OpenTelemetry Collector that writes the traces it receives to /var/tempo/traces.jsonl",
    suite: "bookworm",
    debianPackages: { root: common },
    goPrograms: { "otelcol-contrib": collector, tempo: { folder: "tempo/program" } },
  },
  {
    folder: "grafana",
    image: pins.grafana,
    contents: "a page that lists the dashboards and data sources that it finds provisioned",
    suite: "bookworm",
    debianPackages: { root: common },
    goPrograms: { grafana: { folder: "grafana/program", values: { "main.version": tagOf(pins.grafana) } } },
  },
];

function tagOf(pin: string): string {
  return pin.split(":").at(-1) ?? "";
}
