import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Document, parseDocument, stringify } from "yaml";
import type { HistoryEntry } from "../../../lib/history";
import { origin } from "../../../lib/origin";
import { claim } from "./claim";
import { Client } from "./client";
import { Command, type Outcome } from "./command";
import { containersOf, type Docker, docker, type Inspection, removeStack } from "./engine";
import { stackEnvironment } from "./environment";
import { imageMirror, pinsOf } from "./images";
import { killProcessesIn } from "./processes";
import { copyProject, projectFolder } from "./project";

export interface TestStackOptions {
  /** Ports of this test file's own. */
  readonly ports: { readonly http: number; readonly https: number };
  /** Release of the sample to start with. @default 1.0.0 */
  readonly release?: string;
  /** Settings besides the usual ones, or instead of them; undefined takes one out. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Another machine that it runs on, which is removed with all that is on it. @default this machine */
  readonly machine?: StackMachine;
}

export interface StackMachine {
  readonly address: string;
  readonly docker: Docker;
  /** Of the commands, besides the usual one: with it they can log in. */
  readonly environment: NodeJS.ProcessEnv;
}

const domain = "clubhouse.localhost";
const quiet = ["--non-interactive", "--color", "never"];
const unattended = ["--yes", "--skip-preview", ...quiet];

/**
 * A stack of Clubhouse for one test file: a copy of the project with settings and a backend of its own, and what it runs
 * on this machine's engine. Its name is fixed, so that a later run cleans up after one that was killed.
 *
 * @example const stack = await TestStack.create("rolling", { ports: { http: 18080, https: 18443 } });
 */
export class TestStack {
  readonly folder: string;
  readonly file: string;
  readonly origin: string;
  private readonly clients: Client[] = [];
  private readonly commands = new Set<Command>();
  private readonly machine: StackMachine | undefined;
  private readonly docker: Docker;

  private constructor(
    readonly name: string,
    { ports, machine }: TestStackOptions,
  ) {
    this.machine = machine;
    this.docker = machine?.docker ?? docker;
    this.folder = projectFolder(name);
    this.file = join(this.folder, `Pulumi.${name}.yaml`);
    this.origin = origin(domain, { tls: { mode: "internal" }, ports });
  }

  /** Makes the stack, with nothing deployed yet. */
  static async create(name: string, options: TestStackOptions): Promise<TestStack> {
    await claim(name);
    const stack = new TestStack(name, options);
    await stack.destroyAll();
    await copyProject(stack.folder);
    await writeFile(stack.file, stringify({ config: await usualConfig(options) }));
    await succeeded(stack.start("stack", "init", name, ...quiet));
    return stack;
  }

  /** Runs pulumi in the stack's project. */
  start(...args: readonly string[]): Command {
    return this.run("pulumi", args);
  }

  /** `pulumi up`. Fails with its output when it fails. */
  up(...args: readonly string[]): Promise<string> {
    return succeeded(this.startUp(...args));
  }

  /** `pulumi up`, whatever comes of it. */
  tryUp(...args: readonly string[]): Promise<Outcome> {
    return this.startUp(...args).outcome;
  }

  /** `pulumi up`, while something else goes on. */
  startUp(...args: readonly string[]): Command {
    return this.start("up", "--stack", this.name, ...unattended, ...args);
  }

  preview(...args: readonly string[]): Promise<string> {
    return succeeded(this.start("preview", "--stack", this.name, ...quiet, ...args));
  }

  /** Sets the pins of a release in the stack's file and updates to it. */
  async release(release: string, ...args: readonly string[]): Promise<string> {
    await this.pin(release);
    return this.up(...args);
  }

  /** Sets the pins of a release in the stack's file, as a person does who edits it. */
  pin(release: string): Promise<void> {
    return this.set({ images: pinsOf(release) });
  }

  /** Sets keys in the stack's file; undefined takes one out. Comments and all else stay. */
  set(settings: Readonly<Record<string, unknown>>): Promise<void> {
    return this.edit((document) => {
      for (const [key, value] of Object.entries(settings)) {
        const path = ["config", `slipway:${key}`];
        if (value === undefined) document.deleteIn(path);
        else document.setIn(path, document.createNode(value));
      }
    });
  }

  /** Changes the stack's file. */
  async edit(change: (document: Document) => void): Promise<void> {
    const document = parseDocument(await readFile(this.file, "utf8"));
    change(document);
    await writeFile(this.file, document.toString());
  }

  /** An operation as `npm run <name>` starts it: `rollback`, `recover`. */
  operation(name: string, ...args: readonly string[]): Promise<Outcome> {
    return this.startOperation(name, ...args).outcome;
  }

  startOperation(name: string, ...args: readonly string[]): Command {
    return this.run("node_modules/.bin/tsx", [`operations/${name}.ts`, ...args]);
  }

  /** The stack's outputs, secret ones in plain text. */
  async outputs(): Promise<Record<string, unknown>> {
    const args = ["stack", "output", "--stack", this.name, "--json", "--show-secrets", ...quiet];
    return JSON.parse(await succeeded(this.start(...args))) as Record<string, unknown>;
  }

  /** All updates, the newest first. */
  async history(): Promise<readonly HistoryEntry[]> {
    const args = ["stack", "history", "--stack", this.name, "--json", "--page-size", "0", ...quiet];
    return JSON.parse(await succeeded(this.start(...args))) as HistoryEntry[];
  }

  /** Every container of the stack, or of one of its services, with what the engine says of it. */
  async containers(service?: string): Promise<readonly Inspection[]> {
    const all = await containersOf(this.name, this.docker);
    if (service === undefined) return all;
    return all.filter(({ Config }) => Config.Labels["slipway.service"] === service);
  }

  /** The one container of a service. */
  async container(service: string): Promise<Inspection> {
    const [only, ...others] = await this.containers(service);
    if (only === undefined || others.length > 0) {
      throw new Error(`stack ${this.name} has ${others.length + (only ? 1 : 0)} containers of ${service}`);
    }
    return only;
  }

  /** What a service's container printed. */
  async logs(service: string): Promise<string> {
    return this.docker("logs", (await this.container(service)).Id);
  }

  /** Rows that a query gives, the superuser asking. */
  query(sql: string): Promise<string[]> {
    return this.queryIn("clubhouse", sql);
  }

  /** The same in another database of the server. */
  async queryIn(database: string, sql: string): Promise<string[]> {
    const psql = ["psql", "-X", "-A", "-t", "-d", database, "-c", sql];
    const rows = await this.docker("exec", (await this.container("postgres")).Id, ...psql);
    return rows.split("\n").filter((row) => row !== "");
  }

  /** A client that trusts the certificate authority of the stack's proxy. The stack must have been deployed. */
  async client(): Promise<Client> {
    const proxy = await this.container("proxy");
    const root = await this.docker("exec", proxy.Id, "cat", "/data/caddy/pki/authorities/local/root.crt");
    const client = new Client(this.origin, root, this.machine?.address);
    this.clients.push(client);
    return client;
  }

  /** Kills every process that the stack's commands have left, as a machine does that loses its power. */
  killProcesses(): Promise<void> {
    return killProcessesIn(this.folder);
  }

  /** Removes everything of the stack, data included, whatever state it is in. */
  async destroyAll(): Promise<void> {
    await Promise.all([...this.commands].map((command) => command.kill()));
    await this.killProcesses();
    await Promise.all(this.clients.splice(0).map((client) => client.close()));
    if (this.machine === undefined) await removeStack(this.name);
    await rm(this.folder, { recursive: true, force: true });
  }

  private run(program: string, args: readonly string[]): Command {
    const env = { ...stackEnvironment(this.folder), ...this.machine?.environment };
    const command = new Command(program, args, { cwd: this.folder, env });
    this.commands.add(command);
    void command.outcome.then(() => this.commands.delete(command));
    return command;
  }
}

async function usualConfig({ ports, release = "1.0.0", settings }: TestStackOptions) {
  const all: Record<string, unknown> = {
    app: "clubhouse",
    domains: { app: domain },
    images: pinsOf(release),
    imageMirror: await imageMirror(),
    tls: { mode: "internal" },
    ports,
    observability: { profile: "off" },
    backups: { enabled: false },
    ...settings,
  };
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [`slipway:${key}`, value]));
}

async function succeeded(command: Command): Promise<string> {
  const { exitCode, output } = await command.outcome;
  if (exitCode !== 0) throw new Error(`the command ended with exit code ${exitCode}:\n${output}`);
  return output;
}
