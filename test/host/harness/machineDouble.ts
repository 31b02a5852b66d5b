import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { loadExeca } from "../../../lib/execa";
import { registryContainer, registryIsUp } from "../../../setup/images/registry";
import { claim } from "../../engine/harness/claim";
import { docker } from "../../engine/harness/engine";
import { doubleImage } from "./image";

export interface MachineDoubleOptions {
  /** What a cloud hands to cloud-init. @default nothing to do */
  readonly userData?: string | Buffer;
  /** The machine that had the same disk is gone: its disk is plugged into this one. @default an empty disk */
  readonly keepDisk?: boolean;
}

/** What systemd, cloud-init and a nested Docker need, and no more: --privileged is not to be had everywhere. */
const capabilities = [
  ...["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH", "SYS_MODULE", "IPC_LOCK", "SYS_BOOT"],
  ...[
    "SYS_NICE",
    "SYS_TIME",
    "MKNOD",
    "AUDIT_CONTROL",
    "SYSLOG",
    "LEASE",
    "NET_BROADCAST",
    "LINUX_IMMUTABLE",
  ],
];
const patience = 120_000;

/**
 * A machine as a cloud hands it over, in a container of this machine's engine: systemd, cloud-init, sshd, an empty disk,
 * a network of its own and no Docker. Its name is fixed, so that a later run removes what a killed one has left.
 *
 * @example const machine = await MachineDouble.start("reboot", { userData });
 */
export class MachineDouble {
  /**
   * The disk, as a cloud names a volume that it has plugged in. The engine's data must be on it: on the layers of another
   * engine it can keep no layers of its own.
   */
  static readonly disk = "/dev/disk/by-id/machine-double-data";
  readonly container: string;
  readonly network: string;
  readonly address: string;
  /** Of the double's network: where those are who look at it from outside. */
  readonly subnet: string;

  private constructor(readonly name: string) {
    this.container = `slipway-host-${name}`;
    this.network = this.container;
    this.subnet = MachineDouble.subnetOf(name);
    this.address = this.subnet.replace(/0\/24$/, "10");
  }

  /** The address that this machine has in the double's network: it comes from there when it logs in. */
  get tester(): string {
    return this.subnet.replace(/0\/24$/, "1");
  }

  /** Known before the machine is there, for its user data. */
  static subnetOf(name: string): string {
    return `10.213.${createHash("sha256").update(name).digest()[0]}.0/24`;
  }

  /** Switches it on. Nobody waits for what it does then. */
  static async start(name: string, options: MachineDoubleOptions = {}): Promise<MachineDouble> {
    await claim(`host-${name}`);
    const machine = new MachineDouble(name);
    await machine.remove(options);
    await machine.create(options);
    return machine;
  }

  /** Runs a shell command as root on it and gives its standard output. */
  exec(command: string): Promise<string> {
    return docker("exec", this.container, "sh", "-c", command);
  }

  /** The same, whatever comes of it. */
  async attempt(command: string): Promise<{ readonly exitCode: number | undefined; readonly said: string }> {
    const { execa } = await loadExeca();
    const args = ["exec", this.container, "sh", "-c", command];
    const { exitCode, all } = await execa("docker", args, { stdin: "ignore", reject: false, all: true });
    return { exitCode, said: all };
  }

  /** The docker command of the machine's own engine. */
  readonly docker = (...args: readonly string[]): Promise<string> =>
    docker("exec", this.container, "docker", ...args);

  /** What systemd and cloud-init have printed at its console. */
  logs(): Promise<string> {
    return docker("logs", this.container);
  }

  /** Its ed25519 host key, `ssh-ed25519 AAAA…`, as the provider's console shows it. */
  hostKey(): Promise<string> {
    return this.until("its host key", "cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub");
  }

  /** Waits for the end of cloud-init, and gives its verdict. */
  async cloudInit(): Promise<string> {
    return (await this.attempt("cloud-init status --wait --long")).said;
  }

  /** Restarts it as `reboot` does. */
  async reboot(): Promise<void> {
    await this.attempt("systemctl reboot");
    await docker("wait", this.container);
    await this.switchOn();
  }

  /** Restarts it after its power was cut. */
  async loseThePower(): Promise<void> {
    await docker("kill", this.container);
    await this.switchOn();
  }

  /** Removes the machine and its network; the disk too, unless it is kept for the next one. */
  async remove({ keepDisk = false }: Pick<MachineDoubleOptions, "keepDisk"> = {}): Promise<void> {
    const { execa } = await loadExeca();
    const attempt = (...args: string[]) => execa("docker", args, { stdin: "ignore", reject: false });
    const inNetwork = ["--all", "--quiet", "--filter", `network=${this.network}`];
    const { stdout } = await attempt(
      "container",
      "ls",
      ...inNetwork,
      "--filter",
      "label=slipway.machine-double",
    );
    const others = stdout.split("\n").filter((id) => id !== "");
    await attempt("container", "rm", "--force", "--volumes", this.container, ...others);
    await attempt("network", "disconnect", "--force", this.network, registryContainer);
    await attempt("network", "rm", this.network);
    await attempt(
      "volume",
      "rm",
      `${this.container}-docker`,
      ...(keepDisk ? [] : [`${this.container}-disk`]),
    );
  }

  private async create({ userData = "#cloud-config\n{}\n" }: MachineDoubleOptions): Promise<void> {
    await docker("network", "create", "--subnet", this.subnet, this.network);
    if (await registryIsUp()) await docker("network", "connect", this.network, registryContainer);
    await docker(
      ...["container", "create", "--tty", "--name", this.container, "--hostname", this.name],
      ...["--label", "slipway.machine-double=machine"],
      ...["--network", this.network, "--ip", this.address],
      ...capabilities.flatMap((capability) => ["--cap-add", capability]),
      ...["seccomp", "apparmor", "systempaths"].flatMap((part) => ["--security-opt", `${part}=unconfined`]),
      ...["--cgroupns", "private"],
      ...["--device-cgroup-rule", "b 7:* rwm", "--device-cgroup-rule", "c 10:237 rwm"],
      ...["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec,mode=1777"],
      ...["--volume", `${this.container}-disk:/var/lib/machine-double`],
      doubleImage,
    );
    await this.seed({
      "meta-data": stringify({ "instance-id": `${this.name}-${Date.now()}`, "local-hostname": this.name }),
      "user-data": userData,
    });
    await this.switchOn();
  }

  /** What the metadata service of a cloud would tell. */
  private async seed(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-host-seed-"));
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    await docker("cp", `${folder}/.`, `${this.container}:/var/lib/cloud/seed/nocloud`);
    await rm(folder, { recursive: true });
  }

  private async switchOn(): Promise<void> {
    await docker("start", this.container);
    await this.until("systemd", "systemctl show --property Version");
  }

  private async until(what: string, command: string): Promise<string> {
    const deadline = Date.now() + patience;
    for (;;) {
      const { exitCode, said } = await this.attempt(command);
      if (exitCode === 0) return said.trim();
      if (Date.now() > deadline) throw new Error(`${this.name} doesn't show ${what}: ${said}`);
      await sleep(250);
    }
  }
}
