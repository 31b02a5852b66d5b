import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadExeca } from "../../../lib/execa";
import { resolveImage } from "../../../lib/image";
import { guardianCommand, guardianFiles, guardianHealth } from "../../../lib/observability/guardian";
import { observabilityImages, partResources } from "../../../lib/observability/parts";
import { claim } from "../harness/claim";
import { docker, removeStack } from "../harness/engine";
import { imageMirror } from "../harness/images";

const stack = "slipway-healing";
const minute = 60_000;

/** The containers of the lab. */
export const names = {
  guardian: `${stack}-guardian`,
  patient: `${stack}-patient`,
  newcomer: `${stack}-newcomer`,
  hungry: `${stack}-hungry`,
  /** Of another stack. */
  stranger: `${stack}-stranger`,
};

/** A secret that each container has wherever one can be. */
export const canary = "canary-93ac1f";

/** The guardian by itself on the real engine, and containers for it to guard. */
export class GuardianLab {
  readonly stack = stack;

  private constructor(
    readonly image: string,
    private readonly folder: string,
  ) {}

  /** @param settings of the guardian, by environment variable. */
  static async open(settings: Readonly<Record<string, string>>): Promise<GuardianLab> {
    await claim(stack);
    await removeAll();
    const image = resolveImage(observabilityImages.guardian.default ?? "", { mirror: await imageMirror() });
    await docker("pull", "--quiet", image);
    const lab = new GuardianLab(image, await mkdtemp(join(tmpdir(), "slipway-healing-")));
    await docker("network", "create", "--internal", "--label", `slipway.stack=${stack}`, stack);
    await lab.startGuardian(settings);
    return lab;
  }

  async close(): Promise<void> {
    await removeAll();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Starts a container with labels and secrets. */
  async run(name: string, service: string, args: readonly string[], ofStack = stack): Promise<void> {
    await docker(
      ...["container", "run", "--detach", "--init", "--name", name, "--restart", "unless-stopped"],
      ...["--label", "slipway.system=healing", "--label", `slipway.stack=${ofStack}`],
      ...["--label", `slipway.service=${service}`, "--label", "slipway.release=1.0.0"],
      ...["--label", `proxy.password=${canary}`, "--env", `TOKEN=${canary}`],
      ...args,
    );
  }

  /** Arguments for one whose health is a matter of a file, /tmp/sick, which a restart doesn't remove. */
  patient(sick: boolean): string[] {
    const script = `${sick ? "touch /tmp/sick; " : ""}exec sleep 3600 # ${canary}`;
    return [
      ...["--network", stack, "--health-interval", "1s", "--health-retries", "2"],
      ...["--health-cmd", `test ! -e /tmp/sick # ${canary}`, "--entrypoint", "sh", this.image, "-c", script],
    ];
  }

  /** The guardian's values by metric, of one service. */
  async metrics(service: string): Promise<Readonly<Record<string, number>>> {
    const response = await fetch(`http://${await this.address()}:9800/metrics`);
    const lines = (await response.text()).split("\n");
    return Object.fromEntries(
      lines
        .filter((line) => line.includes(`{service="${service}",`))
        .map((line) => [
          line.slice("slipway_container_".length, line.indexOf("{")),
          Number(line.split(" ").at(-1)),
        ]),
    );
  }

  /** A docker command that has nothing but the gate. Both of its outputs, whether it fails or not. */
  async throughGate(...args: readonly string[]): Promise<string> {
    const { execa } = await loadExeca();
    const options = { all: true, reject: false, stdin: "ignore", timeout: minute } as const;
    const host = ["--host", `tcp://${await this.address()}:2375`];
    return (await execa("docker", [...host, ...args], options)).all ?? "";
  }

  /** What the guardian said, line by line. */
  async guardianLog(): Promise<readonly Readonly<Record<string, string>>[]> {
    const lines = (await docker("container", "logs", names.guardian)).split("\n");
    return lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  }

  private address(): Promise<string> {
    const format = `{{(index .NetworkSettings.Networks "${stack}").IPAddress}}`;
    return docker("container", "inspect", "--format", format, names.guardian);
  }

  /** As its component makes it. */
  private async startGuardian(settings: Readonly<Record<string, string>>): Promise<void> {
    const files = join(this.folder, "guardian");
    await mkdir(files);
    for (const [path, text] of Object.entries(guardianFiles())) await writeFile(join(files, path), text);
    const memory = `${partResources.guardian.memory}m`;
    await this.run(names.guardian, "guardian", [
      ...["--user", "0:0", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--read-only"],
      ...["--tmpfs", "/tmp:rw,noexec,nosuid,nodev,size=64m", "--memory", memory, "--memory-swap", memory],
      ...["--cpus", String(partResources.guardian.cpus), "--pids-limit", "256", "--network", stack],
      ...["--volume", "/var/run/docker.sock:/run/docker.sock", "--volume", `${files}:/etc/guardian:ro`],
      ...["--env", "SLIPWAY_SYSTEM=healing", "--env", `SLIPWAY_STACK=${stack}`],
      ...Object.entries(settings).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...["--health-cmd", guardianHealth.map(quoted).join(" "), "--health-interval", "2s"],
      ...[this.image, ...guardianCommand],
    ]);
  }
}

async function removeAll(): Promise<void> {
  // First what is not of the stack: it is on its network.
  await docker("container", "rm", "--force", "--volumes", names.stranger).catch(() => undefined);
  await removeStack(stack);
}

/** For a shell: the docker command takes a health check as one text. */
function quoted(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
