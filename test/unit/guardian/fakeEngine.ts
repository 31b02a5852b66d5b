import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A secret that is in everything of a fake container that can hold one. */
export const canary = "canary-7f3a";

export interface FakeContainer {
  readonly Id: string;
  Name: string;
  readonly Path: string;
  readonly Args: readonly string[];
  readonly Config: {
    readonly Hostname: string;
    readonly Image: string;
    readonly Env: readonly string[];
    readonly Cmd: readonly string[];
    readonly Labels: Record<string, string>;
    readonly StopTimeout: number;
    readonly StopSignal?: string;
    readonly Healthcheck: unknown;
  };
  readonly HostConfig: Record<string, unknown>;
  readonly Mounts: readonly unknown[];
  readonly State: {
    Status: string;
    Running: boolean;
    Paused: boolean;
    Restarting: boolean;
    StartedAt: string;
    Health?: { Status: string; Log: readonly unknown[] };
  };
}

let made = 0;

/** One that has been up for an hour and is healthy. */
export function fakeContainer(service: string, changes: Partial<FakeContainer["State"]> = {}): FakeContainer {
  const id = (++made).toString(16).padStart(64, "0");
  return {
    Id: id,
    Name: `/${service}-${made}`,
    Path: canary,
    Args: [canary],
    Config: {
      Hostname: id.slice(0, 12),
      Image: "app:1",
      Env: [`TOKEN=${canary}`],
      Cmd: ["serve", `--token=${canary}`],
      Labels: { ...ours, "slipway.service": service, "slipway.release": "1.0.0", "proxy.basic-auth": canary },
      StopTimeout: 30,
      Healthcheck: { Test: ["CMD", "check", canary] },
    },
    HostConfig: { RestartPolicy: { Name: "unless-stopped" }, NanoCpus: 5e8, Binds: [`/${canary}:/x`] },
    Mounts: [{ Source: `/${canary}` }],
    State: {
      Status: "running",
      Running: true,
      Paused: false,
      Restarting: false,
      StartedAt: startedAgo(3600),
      Health: { Status: "healthy", Log: [{ Output: canary }] },
      ...changes,
    },
  };
}

export const ours = { "slipway.system": "shop", "slipway.stack": "test" };

export function startedAgo(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

/** The part of Docker's API that the guardian uses, on a real socket. Filters by label, as the real one does. */
export class FakeEngine {
  readonly containers = new Map<string, FakeContainer>();
  /** Method and path of each request, in order. */
  readonly requests: string[] = [];
  /** Ids of restarted containers, in order. */
  readonly restarts: string[] = [];
  /** When set, restarts fail with it. */
  restartError: string | undefined;
  /** Health of a container after a restart. */
  healthAfterRestart = "starting";
  /** Takes requests and never answers. */
  hangs = false;
  /** Figures that each call for statistics sends, without an end when there are many. */
  statistics: readonly unknown[] = [{ read: "now", memory_stats: { usage: 5 } }];
  private readonly followers = new Set<ServerResponse>();
  private server: Server | undefined;

  private constructor(private readonly folder: string) {}

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine(await mkdtemp(join(tmpdir(), "slipway-fake-engine-")));
    await engine.listen();
    return engine;
  }

  get socketPath(): string {
    return join(this.folder, "docker.sock");
  }

  /** How many listen to its events. */
  get following(): number {
    return this.followers.size;
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve));
  }

  /** Like an engine that is stopped: all connections end, the socket goes. */
  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    this.followers.clear();
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  add(container: FakeContainer): FakeContainer {
    this.containers.set(container.Id, container);
    return container;
  }

  /** What the engine writes about a container. */
  event(container: FakeContainer, action: string, attributes: Record<string, string> = {}): string {
    const Attributes = { ...container.Config.Labels, name: container.Name.slice(1), ...attributes };
    const event = {
      id: container.Id,
      Type: "container",
      Action: action,
      Actor: { ID: container.Id, Attributes },
    };
    return `${JSON.stringify(event)}\n`;
  }

  emit(container: FakeContainer, action: string, attributes?: Record<string, string>): void {
    this.write(this.event(container, action, attributes));
  }

  /** To all that listen, as it is. */
  write(text: string): void {
    for (const follower of this.followers) follower.write(text);
  }

  setHealth(container: FakeContainer, status: string): void {
    container.State.Health = { Status: status, Log: [{ Output: canary }] };
    this.emit(container, `health_status: ${status}`);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
    this.requests.push(`${request.method} ${pathname}`);
    if (this.hangs) return;
    const [, name = "", verb] = /^\/containers\/([^/]+)\/(\w+)$/.exec(pathname) ?? [];
    const container = [...this.containers.values()].find(
      ({ Id, Name }) => Id === name || Name === `/${name}`,
    );
    if (pathname === "/_ping") response.writeHead(200, { "api-version": "1.41", ostype: "linux" }).end("OK");
    else if (pathname === "/version") json(response, 200, { ApiVersion: "1.41" });
    else if (pathname === "/events") this.follow(response);
    else if (pathname === "/containers/json")
      json(response, 200, this.list(searchParams.get("filters") ?? "{}"));
    else if (container === undefined) json(response, 404, { message: `No such container: ${name}` });
    else if (verb === "json") json(response, 200, container);
    else if (verb === "stats") this.stream(response);
    else if (verb === "restart" && request.method === "POST") this.restart(container, response);
    else json(response, 500, { message: "the fake engine can't do this" });
  }

  private follow(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    this.followers.add(response);
    response.once("close", () => this.followers.delete(response));
  }

  private list(filters: string): unknown[] {
    const { label = [] } = JSON.parse(filters) as { readonly label?: readonly string[] };
    return [...this.containers.values()]
      .filter(({ Config }) =>
        label.every((pair) => Config.Labels[pair.split("=")[0] ?? ""] === pair.split("=")[1]),
      )
      .map(({ Id, Name, Config, Mounts, State }) => ({
        ...{ Id, Names: [Name], Image: "app:1", Command: `serve ${canary}`, State: State.Status },
        ...{ Labels: Config.Labels, Mounts, Status: "Up", Ports: [], Created: 1 },
      }));
  }

  private stream(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "application/json", ostype: "linux" });
    for (const figures of this.statistics) response.write(`${JSON.stringify(figures)}\n`);
    response.end();
  }

  private restart(container: FakeContainer, response: ServerResponse): void {
    this.restarts.push(container.Id);
    if (this.restartError !== undefined) {
      json(response, 500, { message: this.restartError });
      return;
    }
    this.emit(container, "kill", { signal: "15" });
    this.emit(container, "die");
    Object.assign(container.State, { StartedAt: new Date().toISOString(), Running: true });
    this.emit(container, "start");
    if (container.State.Health !== undefined) this.setHealth(container, this.healthAfterRestart);
    this.emit(container, "restart");
    response.writeHead(204).end();
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
