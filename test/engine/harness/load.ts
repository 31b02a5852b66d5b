import { randomUUID } from "node:crypto";
import type { Answer, Client } from "./client";

export interface LoadOptions {
  /** Requests a second, whatever becomes of those before. @default 50 */
  readonly rate?: number;
  /** Milliseconds for each request. @default 10,000 */
  readonly timeout?: number;
}

export interface LoadSummary {
  readonly requests: number;
  /** Why each request failed that did, with the second in which it began. */
  readonly failures: readonly string[];
  /** Milliseconds from one success to the next, at most; the beginning and the end count as well. */
  readonly longestGap: number;
  /** Milliseconds between two requests going out, at most: what a gap has at least, through no fault of the server. */
  readonly longestPause: number;
  /** Ids of the rows that the application said it had written. */
  readonly acknowledged: readonly string[];
  /** Releases that answered, in the order of their first answer. */
  readonly releases: readonly string[];
}

const tick = 10;

/** What is asked for in turn: each half over HTTP/1.1, where a request has a connection, and over HTTP/2, where all share one. */
const kinds = [
  { method: "GET", path: "/", http2: false },
  { method: "POST", path: "/api/notes", http2: false },
  { method: "GET", path: "/api/notes?limit=5", http2: true },
  { method: "POST", path: "/api/notes", http2: true },
  { method: "GET", path: "/", http2: true },
  { method: "POST", path: "/api/notes", http2: false },
  { method: "GET", path: "/api/notes?limit=5", http2: false },
  { method: "POST", path: "/api/notes", http2: true },
] as const;

/**
 * Requests at a steady rate, one half reading, the other half writing a row each. None is tried again: what a user would
 * see as an error is one.
 *
 * @example const load = new Load(client); await stack.up(); const { failures } = await load.stop();
 */
export class Load {
  private readonly started = performance.now();
  private readonly open = new Set<Promise<void>>();
  private readonly successes: number[] = [];
  private readonly failures: string[] = [];
  private readonly acknowledged: string[] = [];
  private readonly releases = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  private requests = 0;
  private lastSent = this.started;
  private longestPause = 0;

  constructor(
    private readonly client: Client,
    private readonly options: LoadOptions = {},
  ) {
    const rate = options.rate ?? 50;
    this.timer = setInterval(() => this.sendDue(rate), tick);
  }

  /** Ends it, when the requests under way have ended. */
  async stop(): Promise<LoadSummary> {
    clearInterval(this.timer);
    const ended = performance.now();
    await Promise.all(this.open);
    const moments = [this.started, ...this.successes.filter((time) => time < ended), ended];
    return {
      requests: this.requests,
      failures: this.failures,
      longestGap: longestStep(moments),
      longestPause: Math.round(this.longestPause),
      acknowledged: this.acknowledged,
      releases: [...this.releases],
    };
  }

  private sendDue(rate: number): void {
    const now = performance.now();
    const due = Math.floor(((now - this.started) / 1000) * rate);
    if (this.requests < due) {
      this.longestPause = Math.max(this.longestPause, now - this.lastSent);
      this.lastSent = now;
    }
    while (this.requests < due) {
      const sending = this.send(this.requests++).finally(() => this.open.delete(sending));
      this.open.add(sending);
    }
  }

  private async send(index: number): Promise<void> {
    const began = performance.now();
    const { method, path, http2 } = kinds[index % kinds.length] ?? kinds[0];
    const options = { timeout: this.options.timeout ?? 10_000, http2 };
    try {
      if (method === "GET") this.accept(await this.client.get(path, options), 200);
      else await this.write(path, index, options);
      this.successes.push(performance.now());
    } catch (error) {
      const second = ((began - this.started) / 1000).toFixed(1);
      this.failures.push(`${method} ${path}${http2 ? " (HTTP/2)" : ""} at ${second} s: ${reason(error)}`);
    }
  }

  private async write(path: string, index: number, options: { timeout: number; http2: boolean }) {
    const note = { id: randomUUID(), text: `note ${index}` };
    // 200 would mean that the row was there already: that something on the way sent the request twice.
    this.accept(await this.client.post(path, note, options), 201);
    this.acknowledged.push(note.id);
  }

  private accept({ status, body, release }: Answer, expected: number): void {
    if (status !== expected) throw new Error(`answered ${status}: ${body.slice(0, 200)}`);
    if (release !== undefined) this.releases.add(release);
  }
}

function longestStep(moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b);
  return Math.round(Math.max(...sorted.slice(1).map((time, index) => time - (sorted[index] ?? time))));
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return `${error.message}${code}`;
}
