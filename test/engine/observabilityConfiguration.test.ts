import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { alertmanagerArguments, alertmanagerFiles } from "../../lib/observability/alertmanager";
import { alertGroups } from "../../lib/observability/alerts";
import { blackboxArguments, blackboxFiles } from "../../lib/observability/blackbox";
import { observabilityImages } from "../../lib/observability/parts";
import { prometheusArguments, prometheusFiles } from "../../lib/observability/prometheus";
import { noReceivers, observedSystem } from "../unit/lib/observability/alertingObserved";
import { docker } from "./harness/engine";
import { ObservabilityLab } from "./support/observabilityLab";
import { everyone, receiverVariants, systems } from "./support/observabilityVariants";

const prometheus2 = "prom/prometheus:v2.54.1";
const prometheus3 = observabilityImages.prometheus.default ?? "";
const alertmanager = observabilityImages.alertmanager.default ?? "";
const blackbox = observabilityImages.blackboxExporter.default ?? "";

const patience = { timeout: 120_000, interval: 1000 };

// The command asks Pulumi which system the stack is of, and its file where it runs; everything else is real.
vi.mock("../../operations/pulumi", async (original) => ({
  ...(await original<typeof import("../../operations/pulumi")>()),
  readPulumi: async () => "clubhouse\n",
}));
vi.mock("../../operations/stackFile", () => ({ stackSettings: async () => ({}) }));

let lab: ObservabilityLab;
let origin: string;

beforeAll(async () => {
  lab = await ObservabilityLab.open();
  origin = await lab.listen();
});

afterAll(async () => {
  await lab?.close();
});

describe("the parts' own tools take the files", () => {
  test.for([prometheus2, prometheus3])("%s", async (pin, { skip }) => {
    // Stand-ins are of the older major version only.
    if (!(await lab.has(pin))) skip("its image can't be had here");
    for (const [name, system] of systems) {
      const observed = { ...system, pins: { prometheus: pin } };
      const groups = alertGroups(observed);
      const files = prometheusFiles(observed, groups);
      const check = ["check", "config", "/etc/prometheus/prometheus.yml"];
      const said = await lab.run(pin, { "/etc/prometheus": files }, ["promtool", ...check]);
      expect(said, name).toContain("prometheus.yml is valid prometheus config file syntax");
      const rules = groups.flatMap((group) => group.rules).length + Object.keys(observed.rules).length;
      expect(said, name).toContain(`SUCCESS: ${rules} rules found`);
    }
  });

  test.each(receiverVariants)("Alertmanager, told: %s", async (_, changes) => {
    const folders = { "/etc/alertmanager": alertmanagerFiles(observedSystem(changes)) };
    const check = ["check-config", "/etc/alertmanager/alertmanager.yml"];
    expect(await lab.run(alertmanager, folders, ["amtool", ...check])).toContain("SUCCESS");
  });

  test.each([true, false])("blackbox exporter, public certificates: %s", async (publicCertificates) => {
    const folders = { "/etc/blackbox": blackboxFiles(observedSystem({ publicCertificates })) };
    // The exporter says that its file is right, and nothing else, on its standard error.
    const command = `blackbox_exporter ${blackboxArguments.join(" ")} --config.check 2>&1`;
    expect(await lab.run(blackbox, folders, ["sh", "-c", command])).toMatch(/[Cc]onfig file is ok/);
  });
});

test.each([
  [["alertname=Watchdog", "severity=none"], "heartbeat", "none"],
  [["alertname=Quiet", "severity=none"], "none", "none"],
  [["alertname=ServiceDown", "severity=critical", "service=backend"], "people", "people"],
  [["alertname=HighMemory", "severity=warning"], "people", "people"],
  [["alertname=Unlabelled"], "people", "people"],
])("%j goes to %s, without a heartbeat to %s", async (labels, withHeartbeat, without) => {
  for (const [heartbeat, receiver] of [[true, withHeartbeat] as const, [false, without] as const]) {
    const files = alertmanagerFiles(observedSystem({ receivers: everyone, heartbeat }));
    const ask = ["config", "routes", "test", "--config.file=/etc/alertmanager/alertmanager.yml", ...labels];
    const said = await lab.run(alertmanager, { "/etc/alertmanager": files }, ["amtool", ...ask]);
    expect(said.trim()).toBe(receiver);
  }
});

test("Prometheus finds every replica of a service and probes the routes", async () => {
  // The exporter has metrics, so it can stand for a service that has.
  for (const replica of ["one", "two"]) {
    await lab.start(replica, { pin: blackbox, options: ["--network-alias", "backend"] });
  }
  // And for the proxy.
  await lab.start("proxy", { pin: blackbox });
  const observed = observedSystem({
    services: [{ name: "backend", port: 9115, metrics: "/metrics" }],
    routes: [
      { domain: "app", url: "http://app.example.com:9115/-/healthy" },
      { domain: "gone", url: "http://gone.example.com:9115/probe" },
    ],
  });
  await lab.start("blackbox-exporter", {
    pin: blackbox,
    folders: { "/etc/blackbox": blackboxFiles(observed) },
    arguments: blackboxArguments,
  });
  const prometheus = await lab.start("prometheus", {
    pin: prometheus2,
    folders: { "/etc/prometheus": prometheusFiles(observed, alertGroups(observed)) },
    arguments: prometheusArguments(observed),
  });
  const query = async (expression: string) => {
    const ask = ["promtool", "query", "instant", "--format", "json", "http://127.0.0.1:9090", expression];
    const answer = JSON.parse(await docker("exec", prometheus, ...ask)) as {
      metric: Record<string, string>;
      value: [number, string];
    }[];
    return answer.map(({ metric: { instance, ...metric }, value: [, value] }) => ({ metric, value }));
  };
  const app = { metric: { __name__: "up", job: "app", service: "backend" }, value: "1" };
  await vi.waitFor(async () => expect(await query('up{job="app"}')).toEqual([app, app]), patience);
  const probe = (domain: string, value: string) => ({
    metric: { __name__: "probe_success", job: "probe", domain },
    value,
  });
  await vi.waitFor(
    async () =>
      expect(await query("sort_desc(probe_success)")).toEqual([probe("app", "1"), probe("gone", "0")]),
    patience,
  );
});

describe("delivery", () => {
  const stack = "alert-lab";
  let container: string;

  beforeAll(async () => {
    const observed = observedSystem({
      stack,
      receivers: { ...noReceivers, slack: true, webhook: true, ntfy: true },
      heartbeat: true,
    });
    const secrets = Object.fromEntries(
      ["slack", "webhook", "ntfy", "heartbeat"].map((name) => [`${name}Url`, `${origin}/${name}\n`]),
    );
    // By a name that the Prometheus above doesn't know, which would add what it alerts itself.
    container = await lab.start("delivery", {
      pin: alertmanager,
      folders: { "/etc/alertmanager": alertmanagerFiles(observed), "/run/secrets/alertmanager": secrets },
      arguments: alertmanagerArguments(observed),
      options: ["system=clubhouse", `stack=${stack}`, "service=alertmanager"].flatMap((label) => [
        "--label",
        `slipway.${label}`,
      ]),
    });
    await vi.waitFor(() => amtool("config", "show"), patience);
    // What takes longest to come begins first.
    await amtool("alert", "add", "alertname=Watchdog", "severity=none");
  });

  function amtool(...args: readonly string[]): Promise<string> {
    return docker("exec", container, "amtool", "--alertmanager.url=http://127.0.0.1:9093", ...args);
  }

  /** What arrived that tells of an alert, by path. */
  function arrived(alert: string) {
    const told = lab.arrivals.filter(({ body }) => body.includes(alert));
    return [...new Set(told.map(({ path }) => path))].sort();
  }

  test("the command's test alert arrives at every receiver, and not at the heartbeat", async () => {
    const said: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((line) => said.push(line));
    const argv = process.argv;
    process.argv = ["node", "testAlert.ts", "--stack", stack, "--severity", "critical"];
    await import("../../operations/testAlert");
    await vi.waitFor(() => expect(said.join()).toContain("goes to: Slack, webhook, ntfy."), patience);
    log.mockRestore();
    process.argv = argv;
    const everywhere = ["/ntfy", "/slack", "/webhook"];
    await vi.waitFor(() => expect(arrived("TestAlert")).toEqual(everywhere), patience);
    const [ntfy, slack] = ["/ntfy", "/slack"].map((path) => lab.arrivals.find((one) => one.path === path));
    expect(ntfy?.headers["x-template"]).toBe("alertmanager");
    const { attachments } = JSON.parse(slack?.body ?? "");
    expect(attachments[0].title).toMatch(/^\[FIRING:1\] clubhouse alert-lab: TestAlert test-\d{6}$/);
    expect(attachments[0].text).toContain("nothing is wrong");
    expect(attachments[0].text).toContain("(firing, critical)\nSince: ");
  });

  test("a cause silences what follows from it", async () => {
    const silenced = async () => {
      const alerts = JSON.parse(await amtool("alert", "query", "--inhibited", "--output=json")) as {
        labels: { alertname: string; service?: string };
        status: { state: string };
      }[];
      return alerts
        .filter(({ status: { state } }) => state === "suppressed")
        .map(({ labels: { alertname, service } }) => [alertname, service].join(" "))
        .sort();
    };
    const add = (alert: string, severity: string, ...labels: readonly string[]) =>
      amtool("alert", "add", `alertname=${alert}`, `severity=${severity}`, ...labels);
    const expectSilenced = (alerts: readonly string[]) =>
      vi.waitFor(async () => expect(await silenced()).toEqual([...alerts].sort()), patience);

    await add("ContainerMemoryHigh", "warning", "service=frontend", "container=a");
    await add("ContainerMemoryHigh", "critical", "service=frontend", "container=b");
    await add("ServiceUnreachable", "critical", "service=frontend");
    await add("ErrorRateHigh", "critical", "host=clubhouse.example.com");
    await add("ServiceDown", "critical", "service=loki");
    await expectSilenced(["ContainerMemoryHigh frontend"]);
    await add("ServiceDown", "critical", "service=backend");
    await add("ServiceUnreachable", "critical", "service=backend");
    const ofService = ["ContainerMemoryHigh frontend", "ServiceUnreachable backend", "ErrorRateHigh "];
    await expectSilenced(ofService);
    await add("EngineDown", "critical");
    await add("HostDown", "critical");
    const critical = ["ContainerMemoryHigh frontend", "ServiceUnreachable frontend", "EngineDown "];
    await expectSilenced([...ofService, ...critical]);
  });

  test("the watchdog arrives at the heartbeat every minute, and at nobody", async () => {
    const beats = () => lab.arrivals.filter(({ path }) => path === "/heartbeat").map(({ time }) => time);
    await vi.waitFor(() => expect(beats().length).toBe(2), { timeout: 150_000, interval: 1000 });
    const [first = 0, second = 0] = beats();
    expect(second - first).toBeGreaterThan(55_000);
    expect(second - first).toBeLessThan(65_000);
    expect(arrived("Watchdog")).toEqual(["/heartbeat"]);
  });
});
