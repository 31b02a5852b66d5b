import { type Finding, failed, ok, warning } from "./finding";

/** Ports that nobody outside has any business with, and what listens there usually. */
export const riskyPorts: Readonly<Record<number, string>> = {
  21: "FTP",
  23: "Telnet",
  25: "SMTP",
  111: "rpcbind",
  445: "SMB",
  2019: "Caddy's admin endpoint",
  2020: "the proxy's status",
  2021: "the proxy's metrics",
  2049: "NFS",
  2375: "the Docker engine without TLS",
  2376: "the Docker engine",
  2377: "Docker Swarm",
  3000: "Grafana",
  3001: "Uptime Kuma",
  3100: "Loki",
  3200: "Tempo",
  3306: "MySQL",
  3389: "RDP",
  4317: "OpenTelemetry",
  4318: "OpenTelemetry",
  5000: "a registry",
  5432: "Postgres",
  5900: "VNC",
  6379: "Redis",
  6443: "Kubernetes",
  8000: "an application",
  8080: "an application",
  8443: "an application",
  8888: "the collector's metrics",
  9000: "MinIO or Portainer",
  9090: "Prometheus",
  9093: "Alertmanager",
  9100: "the node exporter",
  9115: "the blackbox exporter",
  9121: "the Redis exporter",
  9187: "the Postgres exporter",
  9200: "Elasticsearch",
  9800: "the guardian",
  9810: "the backup service",
  10250: "Kubernetes",
  11211: "Memcached",
  15672: "RabbitMQ",
  27017: "MongoDB",
};

export interface OpenPorts {
  readonly address: string;
  /** Those that answered, of all that were tried. */
  readonly open: readonly number[];
  /** Those of the proxy, which must answer. */
  readonly published: readonly number[];
  /** Of SSH, which may. */
  readonly ssh: number;
  /** Asked from the machine itself, where its firewall isn't on the way. */
  readonly fromItself: boolean;
}

/** Which ports are tried: those that must answer, and those that may not. */
export function portsToTry({ published, ssh }: Pick<OpenPorts, "published" | "ssh">): number[] {
  return [...new Set([...published, ssh, ...Object.keys(riskyPorts).map(Number)])];
}

export function judgePorts({ address, open, published, ssh, fromItself }: OpenPorts): Finding[] {
  const closed = published.filter((port) => !open.includes(port));
  const serving =
    closed.length === 0
      ? ok("ports served", `${address} answers on ${published.join(", ")}`)
      : failed(
          "ports served",
          `${address} doesn't answer on ${closed.join(", ")}`,
          "see whether the proxy runs and the firewalls let the port through",
        );
  const what = "ports open";
  const risky = open.filter((port) => !published.includes(port) && port !== ssh);
  if (risky.length === 0)
    return [serving, ok(what, `${address}: none of ${Object.keys(riskyPorts).length} risky ones`)];
  const named = risky.map((port) => `${port} (${riskyPorts[port] ?? "unknown"})`).join(", ");
  if (fromItself) {
    const value = `${address}: ${named}, asked from the machine itself, where no firewall is on the way`;
    return [serving, warning(what, value, "bind what needs no other machine to 127.0.0.1")];
  }
  return [
    serving,
    failed(what, `${address}: ${named}`, "close it in the firewall, and bind what listens to 127.0.0.1"),
  ];
}
