import { loadExeca } from "../lib/execa";
import { deliveries } from "../lib/observability/deliveries";
import { alertNames } from "../lib/observability/rules";
import { toolEnvironment } from "../setup/environment";
import { belongingTo, docker } from "./belongings";
import { readOptions } from "./options";
import { OperationError, operationMain, readPulumi } from "./pulumi";

const usage = "npm run alert -- --stack S [--severity warning|critical]";
const minutes = 5;

/** Sends an alert through the running Alertmanager, the way that one of that severity takes. */
async function testAlert(): Promise<void> {
  const { stack, severity } = readOptions(usage, {
    stack: { type: "string" },
    severity: { type: "string", default: "warning" },
  });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  if (severity !== "warning" && severity !== "critical") {
    throw new OperationError(`--severity ${severity} is neither warning nor critical\nusage: ${usage}`);
  }
  const container = await alertmanagerOf(stack);
  const labels = testLabels(severity);
  const receivers = await receiversOf(container, labels);
  if (receivers.length === 0) {
    throw new OperationError(
      `stack ${stack} has no receiver: set slipway:observability.receivers.email, .slack, .webhook or .ntfy and run \`pulumi up --stack ${stack}\``,
    );
  }
  const end = new Date(Date.now() + minutes * 60_000).toISOString();
  const summary = `This is a test of stack ${stack}: nothing is wrong. It ends by itself in ${minutes} minutes.`;
  await amtool(container, ["alert", "add", ...labels, `--end=${end}`, `--annotation=summary=${summary}`]);
  console.log(
    `Sent ${alertNames.test} (${severity}). Within 90 seconds it goes to: ${receivers.join(", ")}.\n` +
      `It ends in ${minutes} minutes, which is told too. What arrives nowhere is in \`docker logs ${container}\`.`,
  );
}

/** Each test is a service of its own: one that has been told of already would be told of again only after hours. */
function testLabels(severity: string): string[] {
  const time = new Date().toISOString().slice(11, 19).replaceAll(":", "");
  return [`alertname=${alertNames.test}`, `severity=${severity}`, `service=test-${time}`];
}

/** Name of the stack's running Alertmanager. */
async function alertmanagerOf(stack: string): Promise<string> {
  const own = await belongingTo(stack).catch((error: unknown) => {
    if (!(error instanceof OperationError)) throw error;
    throw new OperationError(`${error.message.trim()}\n\`pulumi stack ls\` lists the stacks.`);
  });
  const ofService = ["--filter", "label=slipway.service=alertmanager"];
  const lines = await docker("ps", "--all", ...own, ...ofService, "--format", "{{.Names}} {{.State}}");
  const containers = lines.map((line) => line.split(" "));
  const [name] = containers.find(([, state]) => state === "running") ?? [];
  if (name !== undefined) return name;
  const [stopped, state] = containers[0] ?? [];
  if (stopped !== undefined) {
    throw new OperationError(
      `container ${stopped} is ${state}: \`docker logs ${stopped}\` says why, \`pulumi up --stack ${stack}\` starts it`,
    );
  }
  throw new OperationError(
    (await isOff(stack))
      ? `slipway:observability.profile of stack ${stack} is off, so nothing delivers alerts: set it to full, noTraces or metricsOnly and run \`pulumi up --stack ${stack}\``
      : `stack ${stack} has no Alertmanager on this engine: \`pulumi up --stack ${stack}\` brings it up`,
  );
}

async function isOff(stack: string): Promise<boolean> {
  const settings = JSON.parse(await readPulumi(stack, ["config", "--json"])) as Readonly<
    Record<string, { readonly objectValue?: { readonly profile?: unknown } }>
  >;
  return settings["slipway:observability"]?.objectValue?.profile === "off";
}

/** Where an alert with these labels goes, by the configuration that Alertmanager runs with. */
async function receiversOf(container: string, labels: readonly string[]): Promise<string[]> {
  const names = await amtool(container, ["config", "routes", "test", ...labels]);
  const configuration = await amtool(container, ["config", "show"]);
  return names.split(",").flatMap((name) => deliveries(configuration, name.trim()));
}

async function amtool(container: string, args: readonly string[]): Promise<string> {
  const { execa } = await loadExeca();
  const result = await execa(
    "docker",
    ["exec", container, "amtool", "--alertmanager.url=http://127.0.0.1:9093", ...args],
    { env: toolEnvironment(), stdin: "ignore", reject: false },
  );
  if (result.failed) {
    throw new OperationError(`amtool ${args.slice(0, 3).join(" ")} in ${container}: ${result.stderr}`);
  }
  return result.stdout;
}

void operationMain(testAlert);
