import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clubhouse } from "../../../apps/clubhouse";
import { caddyfile, containersBySlot, type ProxyConfiguration } from "../../../lib/caddyfile";
import { loadExeca } from "../../../lib/execa";
import { resolveImage } from "../../../lib/image";
import { proxyBuilder } from "../../../lib/proxyImages";
import { type Upstream, upstreamsFolder } from "../../../lib/upstream";
import { proxyBuilderStandIn } from "../../../setup/images/testStandIns";
import { docker } from "../harness/engine";
import { imageMirror, standInsOf } from "../harness/images";
import { machineAddress } from "./machine";

const container = "slipway-engine-proxy-lab";
const image = "slipway-engine-proxy-lab:latest";
/** What the lab's proxy calls this machine, as it would a container on this network. */
const machine = { slot: "machine", container: "machine", network: "lab" };
const patience = 30_000;

/** The proxy's image with rate limits by itself, to try configurations with. */
export class ProxyLab {
  readonly container = container;
  private readonly servers: Server[] = [];

  private constructor(private readonly folder: string) {}

  /** @param port of this machine, published by the lab. */
  static async open(port: number): Promise<ProxyLab> {
    await docker("container", "rm", "--force", "--volumes", container).catch(() => undefined);
    const lab = new ProxyLab(await mkdtemp(join(tmpdir(), "slipway-engine-proxy-lab-")));
    await chmod(lab.folder, 0o755);
    await mkdir(join(lab.folder, "upstreams"));
    await buildImage();
    await docker(
      ...[
        "container",
        "run",
        "--detach",
        "--init",
        "--name",
        container,
        "--publish",
        `127.0.0.1:${port}:${port}`,
      ],
      ...[
        "--tmpfs",
        "/run/caddy",
        "--add-host",
        `${machine.container}:${machineAddress()}`,
        "--add-host",
        `${machine.container}.${machine.network}:${machineAddress()}`,
        "--volume",
        `${lab.folder}:/lab:ro`,
        "--volume",
        `${lab.folder}/upstreams:${upstreamsFolder}:ro`,
        "--entrypoint",
        "sleep",
        image,
        "3600",
      ],
    );
    return lab;
  }

  /** What Caddy says against each of the configurations that it doesn't take. */
  async refused(configurations: readonly ProxyConfiguration[]): Promise<string[]> {
    const files = join(this.folder, "validate");
    await rm(files, { recursive: true, force: true });
    await mkdir(files);
    const texts = configurations.map(caddyfile);
    await Promise.all(texts.map((text, index) => writeFile(join(files, String(index)), text)));
    // Each with a store of its own: two that make an authority in the same one at once trip over each other.
    const one =
      'XDG_DATA_HOME=/tmp/data-"$$" caddy validate --config "$1" --adapter caddyfile >/tmp/out-"$$" 2>&1 || { echo "$1"; cat /tmp/out-"$$"; }';
    const script = `ls /lab/validate/* | xargs -n 1 -P 4 sh -c '${one}' sh`;
    const said = await docker("exec", container, "sh", "-c", script);
    return said === ""
      ? []
      : [said, ...texts.filter((_, index) => said.includes(`/lab/validate/${index}\n`))];
  }

  /** Serves a configuration until the lab closes. */
  async serve(configuration: ProxyConfiguration): Promise<void> {
    for (const [slot, name] of Object.entries(containersBySlot(configuration)))
      await writeFile(join(this.folder, "upstreams", slot), name);
    await writeFile(join(this.folder, "Caddyfile"), caddyfile(configuration));
    const caddy = ["caddy", "run", "--config", "/lab/Caddyfile", "--adapter", "caddyfile"];
    await docker("exec", "--detach", container, ...caddy);
    const deadline = Date.now() + patience;
    for (;;) {
      const { execa } = await loadExeca();
      const probe = ["exec", container, "wget", "-q", "-O", "-", "http://127.0.0.1:2020/healthz"];
      if (!(await execa("docker", probe, { reject: false })).failed) return;
      if (Date.now() > deadline) throw new Error("the proxy of the lab did not start");
      await sleep(200);
    }
  }

  /** A server of the test's that the lab's proxy can reach. */
  async upstream(listener: RequestListener): Promise<Upstream> {
    const server = createServer(listener);
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, machineAddress(), resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the server has no port");
    return { ...machine, port: address.port };
  }

  /** What a client at another address gets: one inside the container. The status is 200, or its line is thrown. */
  askFromElsewhere(host: string, port: number, path: string): Promise<string> {
    const request = ["-q", "-O", "-", "--header", `Host: ${host}`, `http://127.0.0.1:${port}${path}`];
    return docker("exec", container, "wget", ...request);
  }

  async close(): Promise<void> {
    await docker("container", "rm", "--force", "--volumes", container);
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The image of Caddy that stacks run which have no rate limit. */
export async function stockImage(): Promise<string> {
  return resolveImage(clubhouse.images.proxy?.default ?? "", { mirror: await imageMirror() });
}

async function buildImage(): Promise<void> {
  await standInsOf([proxyBuilderStandIn]);
  const builder = resolveImage(proxyBuilder.default, { mirror: await imageMirror() });
  const parts = [`PROXY=${await stockImage()}`, `BUILDER=${builder}`];
  const args = parts.flatMap((part) => ["--build-arg", part]);
  await docker("build", "--quiet", "--tag", image, ...args, join(__dirname, "../../../images/proxy"));
}
