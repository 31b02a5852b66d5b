import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { resolveImage } from "../../../lib/image";
import { docker } from "../harness/engine";
import { imageMirror } from "../harness/images";
import { machineAddress } from "./machine";

const network = "slipway-engine-observability-lab";

/** Files by path below a folder of the container. */
export type Folders = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What a container is started with. */
export interface LabContainer {
  readonly pin: string;
  readonly folders?: Folders;
  readonly arguments?: readonly string[];
  /** Options for `docker run`. */
  readonly options?: readonly string[];
}

/** A message that came in. */
export interface Arrival {
  readonly path: string;
  readonly time: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The parts that observe a system by themselves, to try configurations with. */
export class ObservabilityLab {
  readonly arrivals: Arrival[] = [];
  private readonly containers: string[] = [];
  private server: Server | undefined;
  private folders = 0;

  private constructor(
    private readonly folder: string,
    private readonly mirror: string | undefined,
  ) {}

  static async open(): Promise<ObservabilityLab> {
    const folder = await mkdtemp(join(tmpdir(), `${network}-`));
    await chmod(folder, 0o755);
    await docker("network", "rm", network).catch(() => undefined);
    await docker("network", "create", network);
    return new ObservabilityLab(folder, await imageMirror());
  }

  /** Whether the image of a pin can be had here. */
  async has(pin: string): Promise<boolean> {
    const image = resolveImage(pin, { mirror: this.mirror });
    return docker("pull", "--quiet", image).then(
      () => true,
      () => false,
    );
  }

  /** What a program of the image prints. Without a network: it checks files, and nothing else. */
  async run(pin: string, folders: Folders, command: readonly [string, ...string[]]): Promise<string> {
    const [program, ...args] = command;
    const image = resolveImage(pin, { mirror: this.mirror });
    const options = [...(await this.mounts(folders)), "--entrypoint", program];
    return docker("run", "--rm", "--network", "none", ...options, image, ...args);
  }

  /** Starts a container in the network of the lab, where it has its name as alias too. */
  async start(name: string, container: LabContainer): Promise<string> {
    const full = `${network}-${name}`;
    await docker("container", "rm", "--force", "--volumes", full).catch(() => undefined);
    this.containers.push(full);
    const image = resolveImage(container.pin, { mirror: this.mirror });
    await docker(
      ...["run", "--detach", "--name", full, "--network", network, "--network-alias", name],
      ...(await this.mounts(container.folders ?? {})),
      ...(container.options ?? []),
      ...[image, ...(container.arguments ?? [])],
    );
    return full;
  }

  /** A server of the test's that the containers reach, and which takes down what arrives. Gives its origin. */
  async listen(): Promise<string> {
    this.server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks).toString("utf8");
      this.arrivals.push({ path: request.url ?? "", time: Date.now(), headers: request.headers, body });
      response.end("ok");
    });
    const host = machineAddress();
    await new Promise<void>((resolve) => this.server?.listen(0, host, resolve));
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    return `http://${host}:${address.port}`;
  }

  async close(): Promise<void> {
    for (const container of this.containers)
      await docker("container", "rm", "--force", "--volumes", container);
    await docker("network", "rm", network);
    this.server?.closeAllConnections();
    this.server?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async mounts(folders: Folders): Promise<string[]> {
    const options: string[] = [];
    for (const [mount, files] of Object.entries(folders)) {
      const folder = join(this.folder, String(this.folders++));
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      options.push("--volume", `${folder}:${mount}:ro`);
    }
    return options;
  }
}
