import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Dashboard } from "../../../lib/observability/dashboards";
import { type PanelQuery, panelQueries } from "../../../lib/observability/dashboards/panelQueries";
import { docker } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { machineAddress } from "./machine";

/** Services of the parts of the profile `full`. */
export const parts = [
  ...["alertmanager", "blackbox-exporter", "collector", "grafana", "guardian", "loki", "node-exporter"],
  ...["postgres-exporter", "prometheus", "redis-exporter", "tempo"],
];

/** Jobs of Prometheus with that profile. */
export const allJobs = [
  ...["alertmanager", "app", "backup", "collector", "containers", "grafana", "guardian", "loki", "node"],
  ...["postgres", "probe", "prometheus", "proxy", "redis", "tempo"],
];

/** One alert, as Alertmanager posts it. */
export interface Delivery {
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Stands where the alerts of a stack go to: a server on this machine that the containers reach. */
export class AlertReceiver {
  readonly deliveries: Delivery[] = [];
  heartbeats = 0;

  private constructor(
    readonly origin: string,
    private readonly server: Server,
  ) {}

  static async open(): Promise<AlertReceiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, machineAddress(), resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    const receiver = new AlertReceiver(`http://${machineAddress()}:${address.port}`, server);
    server.on("request", async (request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      receiver.take(request.url ?? "", Buffer.concat(chunks).toString("utf8"));
      response.end();
    });
    return receiver;
  }

  /** Names of the alerts that came as firing. */
  get fired(): string[] {
    const names = this.deliveries
      .filter(({ status }) => status === "firing")
      .map(({ labels }) => labels.alertname);
    return [...new Set(names)].filter((name) => name !== undefined).sort();
  }

  /** An alert as it came in. Fails when it hasn't. */
  delivered(name: string): Delivery {
    const found = this.deliveries.find(
      ({ status, labels }) => status === "firing" && labels.alertname === name,
    );
    if (found === undefined) throw new Error(`${name} has not come; there are ${this.fired.join(", ")}`);
    return found;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private take(path: string, body: string): void {
    if (path === "/heartbeat") this.heartbeats++;
    else this.deliveries.push(...(JSON.parse(body) as { alerts: Delivery[] }).alerts);
  }
}

interface PrometheusAnswer<Data> {
  readonly status: string;
  readonly error?: string;
  readonly data: Data;
}

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

export interface EvaluatedRule {
  readonly name: string;
  readonly type: "alerting" | "recording";
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What observes a stack, asked from this machine. */
export class ObservedStack {
  private constructor(
    private readonly prometheus: string,
    private readonly loki: string,
    private readonly dashboards: readonly Dashboard[],
  ) {}

  static async of(stack: TestStack): Promise<ObservedStack> {
    const grafana = (await stack.container("grafana")).Id;
    const files = await docker("exec", grafana, "sh", "-c", "ls /etc/grafana/dashboards/*.json");
    const dashboards = await Promise.all(
      files
        .trim()
        .split("\n")
        .map(async (file) => JSON.parse(await docker("exec", grafana, "cat", file)) as Dashboard),
    );
    return new ObservedStack(
      `http://${await addressOf(stack, "prometheus")}:9090`,
      `http://${await addressOf(stack, "loki")}:3100`,
      dashboards,
    );
  }

  /** Every query of every panel that Grafana has been given. */
  get panelQueries(): PanelQuery[] {
    return panelQueries(this.dashboards);
  }

  /** How many series a query of a panel gives. */
  async series({ datasource, expr }: Pick<PanelQuery, "datasource" | "expr">): Promise<number> {
    return datasource === "loki" ? this.streams(expr) : (await this.query(expr)).length;
  }

  async query(
    expression: string,
  ): Promise<readonly { metric: Record<string, string>; value: [number, string] }[]> {
    const { result } = await this.ask<{ result: [] }>(
      `/api/v1/query?${new URLSearchParams({ query: expression })}`,
    );
    return result;
  }

  async targets(): Promise<readonly Target[]> {
    return (await this.ask<{ activeTargets: Target[] }>("/api/v1/targets?state=active")).activeTargets;
  }

  async rules(): Promise<readonly EvaluatedRule[]> {
    const { groups } = await this.ask<{ groups: { rules: EvaluatedRule[] }[] }>("/api/v1/rules");
    return groups.flatMap(({ rules }) => rules);
  }

  /** Lines of the last minutes, each with the labels of its stream and what else is known of it. */
  async lines(selector: string): Promise<readonly { labels: Record<string, string>; line: string }[]> {
    const start = `${Date.now() - 600_000}000000`;
    const url = `${this.loki}/loki/api/v1/query_range?${new URLSearchParams({ query: selector, start, limit: "100" })}`;
    const { data } = (await (await fetch(url)).json()) as {
      data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
    };
    return data.result.flatMap(({ stream, values }) => values.map(([, line]) => ({ labels: stream, line })));
  }

  /** Names of the labels that Loki has an index of. */
  async logLabels(): Promise<readonly string[]> {
    return ((await (await fetch(`${this.loki}/loki/api/v1/labels`)).json()) as { data: string[] }).data;
  }

  private async streams(expression: string): Promise<number> {
    const start = `${Date.now() - 600_000}000000`;
    const parameters = new URLSearchParams({ query: expression, start, limit: "10", step: "60s" });
    const answer = await fetch(`${this.loki}/loki/api/v1/query_range?${parameters}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Loki refused ${expression}: ${text}`);
    return (JSON.parse(text) as { data: { result: unknown[] } }).data.result.length;
  }

  private async ask<Data>(path: string): Promise<Data> {
    const answer = await fetch(this.prometheus + path);
    const { status, error, data } = (await answer.json()) as PrometheusAnswer<Data>;
    if (status !== "success") throw new Error(`Prometheus refused ${decodeURIComponent(path)}: ${error}`);
    return data;
  }
}

/** The container's own, which this machine reaches, while the network reaches nothing else. */
export async function addressOf(stack: TestStack, service: string): Promise<string> {
  const { NetworkSettings } = await stack.container(service);
  const [network] = Object.entries(NetworkSettings.Networks).filter(([name]) =>
    name.endsWith("-observability"),
  );
  if (network === undefined) throw new Error(`${service} is not in the network of observability`);
  return network[1].IPAddress;
}
