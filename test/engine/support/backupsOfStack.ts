import { expect } from "vitest";
import type { BackupStatus, DrillResult, RepositoryName } from "../../../images/backup/contract";
import { callBackup, callDrill } from "../../../operations/steps/backupService";
import type { Command, Outcome } from "../harness/command";
import { docker } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { eventually } from "./eventually";
import { inspectAll } from "./inspection";

const patience = 120_000;
const key = "/run/secrets/backup/repository-key";

/** The backups of a stack, as those see them who run operations, read metrics or look into a repository. */
export class BackupsOfStack {
  /** Name of the container of the backup service. */
  readonly service: string;
  private readonly drillService: string;

  constructor(private readonly stack: TestStack) {
    this.service = `clubhouse-${stack.name}-backup`;
    this.drillService = `clubhouse-${stack.name}-drill`;
  }

  /** `npm run backup`. */
  make(): Promise<Outcome> {
    return this.start().outcome;
  }

  /** `npm run backup`, while something else goes on. */
  start(): Command {
    return this.stack.startOperation("backup", "--stack", this.stack.name);
  }

  /** As an update does before a migration. It is kept whatever the day brings, and its id is the result. */
  async restorePoint(): Promise<string> {
    return (await callBackup(this.service, "backup", { reason: "restore-point", before: "9.9.9" })).run;
  }

  /** `npm run drill`. */
  drill(run: string): Promise<Outcome> {
    return this.stack.operation("drill", "--stack", this.stack.name, "--from", run);
  }

  /** Fails unless the backup can be restored in full; the newest unless given. */
  proven(input: { run?: string; repository?: RepositoryName } = {}): Promise<DrillResult> {
    return callDrill(this.drillService, "drill", input);
  }

  /** Ids of the complete ones, the newest first. */
  async list(repository?: RepositoryName): Promise<string[]> {
    const entries = await callBackup(this.service, "list", repository === undefined ? {} : { repository });
    return entries.map(({ run }) => run);
  }

  status(): Promise<BackupStatus> {
    return callBackup(this.service, "status", {});
  }

  /** What Prometheus would read, by name and labels. */
  async metrics(): Promise<Readonly<Record<string, number>>> {
    const program = "fetch('http://127.0.0.1:9810/metrics').then((r) => r.text()).then(console.log)";
    const text = await docker("exec", this.service, "node", "-e", program);
    const samples = text.split("\n").filter((line) => line.startsWith("slipway_"));
    return Object.fromEntries(
      samples.map((line) => {
        const end = line.lastIndexOf(" ");
        return [line.slice(0, end), Number(line.slice(end))];
      }),
    );
  }

  /** Lines that restic prints, of the local repository. */
  async restic(...args: readonly string[]): Promise<string[]> {
    const options = ["--repo", "/repository", "--password-file", key, "--no-cache", "--no-lock"];
    const lines = await docker("exec", this.service, "restic", ...options, ...args);
    return lines.split("\n").filter((line) => line !== "");
  }

  /** Kills every process of restic in the service. */
  async killRestic(): Promise<void> {
    const kill = "kill -KILL $(grep -l '^restic$' /proc/[0-9]*/comm | cut -d/ -f3)";
    await docker("exec", this.service, "sh", "-c", kill);
  }

  /** Kills the container's first process, and so all others. The engine must be this machine's. */
  async kill(): Promise<void> {
    const [container] = await inspectAll([this.service]);
    if (container === undefined) throw new Error(`there is no container ${this.service}`);
    process.kill(container.State.Pid, "SIGKILL");
    await eventually(patience, async () => {
      const [again] = await inspectAll([this.service]);
      expect(again?.State).toMatchObject({ Running: true });
      expect(again?.State.StartedAt).not.toBe(container.State.StartedAt);
      await this.status();
    });
  }

  /** Until the last scheduled backup is one that began after that time, and it was drilled. */
  async scheduledAfter(time: Date): Promise<void> {
    const run = await eventually(patience, async () => {
      const { last } = await this.status();
      expect(Date.parse(last.scheduled?.startedAt ?? "0")).toBeGreaterThanOrEqual(time.getTime());
      expect(last.scheduled?.error).toBeUndefined();
      return last.scheduled?.run;
    });
    await eventually(patience, async () => {
      expect((await callDrill(this.drillService, "status", {})).last?.run).toBe(run);
    });
  }

  /** As if the last scheduled backup were of two days ago and the machine had been off since: it is made up for at once. */
  async nightPasses(): Promise<void> {
    const now = new Date();
    const program = `
      const fs = require("node:fs");
      const file = "/state/backup.json";
      const status = JSON.parse(fs.readFileSync(file, "utf8"));
      const earlier = (time) => new Date(Date.parse(time) - 2 * 24 * 60 * 60 * 1000).toISOString();
      const { startedAt, finishedAt } = status.last.scheduled;
      Object.assign(status.last.scheduled, { startedAt: earlier(startedAt), finishedAt: earlier(finishedAt) });
      fs.writeFileSync(file, JSON.stringify(status));`;
    await docker("exec", this.service, "node", "-e", program);
    await docker("restart", this.service);
    await this.scheduledAfter(now);
  }
}
