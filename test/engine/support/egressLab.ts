import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backupImages } from "../../../lib/backup/images";
import { gatewayName, gatewayPort, gatewayResources } from "../../../lib/egress";
import { loadExeca } from "../../../lib/execa";
import { resolveImage } from "../../../lib/image";
import { gatewayHealth, squidConfiguration } from "../../../lib/squidConfiguration";
import { squidStandIn } from "../../../setup/images/testStandIns";
import { claim } from "../harness/claim";
import { docker, removeStack } from "../harness/engine";
import { imageMirror, standInsOf } from "../harness/images";

const stack = "slipway-egress";
const inside = `${stack}-inside`;
/** A network of documentation (RFC 5737), as no private one may be reached. */
const internet = { name: `${stack}-internet`, subnet: "203.0.113.0/24" };
const names = { client: `${stack}-client`, server: `${stack}-server`, gateway: `${stack}-gateway` };

/** A service with a gateway, and the internet with one server that has several names. */
export class EgressLab {
  /** Of the server. */
  static readonly address = "203.0.113.10";

  private constructor(
    private readonly service: string,
    private readonly folder: string,
  ) {}

  /**
   * @param hosts that may be reached.
   * @param domains of the server.
   * @param elsewhere addresses of names that lead to no server.
   */
  static async open(
    service: string,
    hosts: readonly string[],
    domains: readonly string[],
    elsewhere: Readonly<Record<string, string>>,
  ): Promise<EgressLab> {
    await claim(stack);
    await removeStack(stack);
    await standInsOf([squidStandIn]);
    const lab = new EgressLab(service, await mkdtemp(join(tmpdir(), `${stack}-`)));
    const label = ["--label", `slipway.stack=${stack}`];
    await docker("network", "create", ...label, "--internal", inside);
    await docker("network", "create", ...label, "--subnet", internet.subnet, internet.name);
    await lab.serve(domains);
    await lab.startGateway(hosts, elsewhere);
    await lab.start(names.client, ["--network", inside], "setInterval(() => {}, 1e9)");
    return lab;
  }

  async close(): Promise<void> {
    await removeStack(stack);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What the service gets of a host by HTTPS through its gateway: the body, or the gateway's refusal. */
  throughGateway(host: string, port = 443): Promise<string> {
    const gateway = { host: gatewayName(this.service), port: gatewayPort };
    return this.inClient(`
      const tunnel = { ...${JSON.stringify(gateway)}, method: "CONNECT", path: "${host}:${port}" };
      require("node:http").request(tunnel).on("connect", (answer, socket) => {
        if (answer.statusCode !== 200) return console.log("refused with " + answer.statusCode), process.exit();
        const ca = require("node:fs").readFileSync("/certificate/server.crt");
        require("node:https").get({ host: "${host}", path: "/", socket, agent: false, ca }, (page) => page.pipe(process.stdout));
      }).end()`);
  }

  /** What becomes of a request for a page without encryption. */
  plainThroughGateway(url: string): Promise<string> {
    const gateway = { host: gatewayName(this.service), port: gatewayPort };
    return this.inClient(`
      require("node:http").get({ ...${JSON.stringify(gateway)}, path: "${url}" },
        (answer) => { console.log("refused with " + answer.statusCode); process.exit(); })`);
  }

  /** What becomes of a connection to the server that the service makes itself. */
  directly(): Promise<string> {
    return this.inClient(`
      require("node:net").connect({ host: "${EgressLab.address}", port: 443, timeout: 3000 })
        .on("connect", () => { console.log("connected"); process.exit(); })
        .on("error", (error) => console.log(error.code))
        .on("timeout", () => { console.log("ETIMEDOUT"); process.exit(); })`);
  }

  health(): Promise<string> {
    return docker("container", "inspect", "--format", "{{.State.Health.Status}}", names.gateway);
  }

  /** A line for each tunnel that was made or refused: host and result. */
  async log(): Promise<string[]> {
    const lines = (await docker("container", "logs", names.gateway)).split("\n");
    return lines.map((line) => / (CONNECT|GET) (\S+) (\S+)/.exec(line)?.slice(2).join(" ") ?? line);
  }

  private inClient(program: string): Promise<string> {
    return docker("exec", names.client, "node", "-e", program);
  }

  private async serve(domains: readonly string[]): Promise<void> {
    const { execa } = await loadExeca();
    const subject = [
      "-subj",
      "/CN=server",
      "-addext",
      `subjectAltName=${domains.map((name) => `DNS:${name}`)}`,
    ];
    const files = ["-keyout", join(this.folder, "server.key"), "-out", join(this.folder, "server.crt")];
    await execa("openssl", [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-days",
      "2",
      ...subject,
      ...files,
    ]);
    const aliases = domains.flatMap((name) => ["--network-alias", name]);
    await this.start(
      names.server,
      ["--network", internet.name, "--ip", EgressLab.address, ...aliases],
      `const read = (file) => require("node:fs").readFileSync("/certificate/server." + file);
      require("node:https")
        .createServer({ key: read("key"), cert: read("crt") }, (_, answer) => answer.end("reached"))
        .listen(443)`,
    );
  }

  /** As its component makes it. */
  private async startGateway(
    hosts: readonly string[],
    elsewhere: Readonly<Record<string, string>>,
  ): Promise<void> {
    await writeFile(join(this.folder, "squid.conf"), squidConfiguration(hosts));
    const { memory, cpus } = gatewayResources;
    await docker(
      ...["container", "create", "--init", "--name", names.gateway, "--label", `slipway.stack=${stack}`],
      ...["--user", "13:13", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--read-only"],
      ...["--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m", "--pids-limit", "512", "--cpus", String(cpus)],
      ...["--memory", `${memory}m`, "--memory-swap", `${memory}m`],
      ...["--network", inside, "--network-alias", gatewayName(this.service)],
      ...Object.entries(elsewhere).flatMap(([name, address]) => ["--add-host", `${name}:${address}`]),
      ...["--volume", `${join(this.folder, "squid.conf")}:/etc/egress/squid.conf:ro`],
      ...["--health-cmd", gatewayHealth.map(quoted).join(" "), "--health-interval", "1s"],
      ...["--entrypoint", "squid", await imageNamed(squidStandIn.image)],
      ...["-N", "-f", "/etc/egress/squid.conf"],
    );
    await docker("network", "connect", internet.name, names.gateway);
    await docker("container", "start", names.gateway);
  }

  private async start(name: string, args: readonly string[], program: string): Promise<void> {
    await docker(
      ...["container", "run", "--detach", "--init", "--name", name, "--label", `slipway.stack=${stack}`],
      ...["--volume", `${this.folder}:/certificate:ro`, ...args, "--entrypoint", "node"],
      ...[await imageNamed(backupImages.node.default ?? ""), "-e", program],
    );
  }
}

async function imageNamed(pin: string): Promise<string> {
  return resolveImage(pin, { mirror: await imageMirror() });
}

/** For a shell: the docker command takes a health check as one text. */
function quoted(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
