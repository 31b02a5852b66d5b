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
import { pinsOf } from "./images";
import { killProcessesIn } from "./processes";
import { copyProject, projectFolder } from "./project";
import { inProject, type SettingsOptions, type UsualSettings, usualSettings } from "./settings";

export interface TestStackOptions extends SettingsOptions {
  /** Changes the copy of the project before anything is done with it. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Another machine that it runs on, which is removed with all that is on it. @default this machine */
  readonly machine?: StackMachine;
}

export interface StackMachine {
  readonly address: string;
  readonly docker: Docker;
  /** Of the commands, besides the usual one: with it they can log in. */
  readonly environment: NodeJS.ProcessEnv;
}

const quiet = ["--non-interactive", "--color", "never"];
const unattended = ["--yes", "--skip-preview", ...quiet];

/**
 * A stack for one test file: a copy of the project with settings and a backend of its own, and what it runs on this
 * machine's engine. Its name is fixed, so that a later run cleans up after one that was killed.
 *
 * @example const stack = await TestStack.create("rolling", { ports: { http: 18080, https: 18443 } });
 */
export class TestStack {
  readonly folder: string;
  readonly file: string;
  /** Of the first domain. */
  readonly origin: string;
  private readonly clients: Client[] = [];
  private readonly commands = new Set<Command>();
  private readonly machine: StackMachine | undefined;
  private readonly docker: Docker;

  private constructor(
    readonly name: string,
    private readonly settings: UsualSettings,
    machine: StackMachine | undefined,
  ) {
    this.machine = machine;
    this.docker = machine?.docker ?? docker;
    this.folder = projectFolder(name);
    this.file = join(this.folder, `Pulumi.${name}.yaml`);
    this.origin = this.originOf();
  }

  /** Makes the stack, with nothing deployed yet. */
  static async create(name: string, options: TestStackOptions): Promise<TestStack> {
    await claim(name);
    const settings = await usualSettings(options);
    const stack = new TestStack(name, settings, options.machine);
    await stack.destroyAll();
    await copyProject(stack.folder);
    await options.prepare?.(stack.folder);
    await writeFile(stack.file, stringify({ config: inProject(settings) }));
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

  /** Sets the pins of a release of the sample in the stack's file and updates to it. */
  async release(release: string, ...args: readonly string[]): Promise<string> {
    await this.pin(release);
    return this.up(...args);
  }

  /** Sets the pins of a release of the sample in the stack's file, as a person does who edits it. */
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

  /** Rows that a query gives in the database of the same name as the system, the superuser asking. */
  query(sql: string): Promise<string[]> {
    return this.queryIn(this.settings.app, sql);
  }

  /** The same in another database of the server. */
  async queryIn(database: string, sql: string): Promise<string[]> {
    const psql = ["psql", "-X", "-A", "-t", "-d", database, "-c", sql];
    const rows = await this.docker("exec", (await this.container("postgres")).Id, ...psql);
    return rows.split("\n").filter((row) => row !== "");
  }

  /** The public origin of a domain, by its key. @default the first one's */
  originOf(domain?: string): string {
    const { domains, tls, ports } = this.settings;
    const host = domain === undefined ? Object.values(domains)[0] : domains[domain];
    if (host === undefined) throw new Error(`stack ${this.name} has no domain ${domain ?? ""}`);
    return origin(host, { tls, ports });
  }

  /**
   * A client that trusts the certificate authority of the stack's proxy. The stack must have been deployed.
   *
   * @param domain its key. @default the first one
   */
  async client(domain?: string): Promise<Client> {
    const client = new Client(this.originOf(domain), await this.authority(), this.machine?.address);
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

  /** The certificate of the proxy's own authority; none of a proxy that speaks plain HTTP. */
  private async authority(): Promise<string> {
    if (this.settings.tls.mode === "off") return "";
    const proxy = await this.container("proxy");
    return this.docker("exec", proxy.Id, "cat", "/data/caddy/pki/authorities/local/root.crt");
  }

  private run(program: string, args: readonly string[]): Command {
    const env = { ...stackEnvironment(this.folder), ...this.machine?.environment };
    const command = new Command(program, args, { cwd: this.folder, env });
    this.commands.add(command);
    void command.outcome.then(() => this.commands.delete(command));
    return command;
  }
}

async function succeeded(command: Command): Promise<string> {
  const { exitCode, output } = await command.outcome;
  if (exitCode !== 0) throw new Error(`the command ended with exit code ${exitCode}:\n${output}`);
  return output;
}
