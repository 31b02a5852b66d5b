import { setTimeout as sleep } from "node:timers/promises";
import type { WebSocket } from "undici";
import type { Client } from "./client";

/** The end of one connection. */
export interface Closing {
  /** 1001 and 1012 tell a client to come back; 1006 means that it was cut. */
  readonly code: number;
  /** When, as performance.now() tells it. */
  readonly at: number;
  /** Release that it was connected to; undefined when it never got that far. */
  readonly release: string | undefined;
}

const retryDelay = 250;
const echoInterval = 1_000;
const patience = 15_000;

/**
 * Browsers with an open WebSocket each: every one says something once a second, and comes back when it is told to, or
 * cut off.
 *
 * @example const crowd = await Crowd.gather(client, 20); await stack.up(); const closings = await crowd.leave();
 */
export class Crowd {
  readonly closings: Closing[] = [];
  /** Echoes that came back. */
  echoes = 0;
  private readonly connections: Connection[] = [];
  private leaving = false;

  private constructor(private readonly client: Client) {}

  /** Resolves when all are connected. */
  static async gather(client: Client, size: number): Promise<Crowd> {
    const crowd = new Crowd(client);
    await Promise.all(Array.from({ length: size }, (_, index) => crowd.connect(index)));
    return crowd;
  }

  /** Release that each is connected to. */
  get releases(): readonly (string | undefined)[] {
    return this.connections.map(({ release }) => release);
  }

  /** Waits until all are connected to a release, or fails after 15 s. */
  async settled(release: string): Promise<void> {
    const deadline = Date.now() + patience;
    while (this.releases.some((other) => other !== release)) {
      if (Date.now() > deadline) throw new Error(`WebSockets are connected to ${this.releases.join(", ")}`);
      await sleep(100);
    }
  }

  /** Closes all, and gives what had been closed before. */
  leave(): readonly Closing[] {
    this.leaving = true;
    for (const { socket, timer } of this.connections) {
      clearInterval(timer);
      socket.close();
    }
    return this.closings;
  }

  private connect(index: number): Promise<void> {
    const socket = this.client.webSocket("/api/ws");
    const connection: Connection = { socket, release: undefined, timer: undefined };
    this.connections[index] = connection;
    return new Promise((resolve) => {
      socket.onmessage = ({ data }: { data: unknown }) => {
        const message = JSON.parse(String(data)) as { type: string; version?: string };
        if (message.type === "echo") this.echoes += 1;
        if (message.type !== "hello") return;
        connection.release = message.version;
        connection.timer = setInterval(() => socket.send("still here"), echoInterval);
        resolve();
      };
      socket.onclose = ({ code }) => {
        clearInterval(connection.timer);
        if (this.leaving) return resolve();
        this.closings.push({ code, at: performance.now(), release: connection.release });
        connection.release = undefined;
        setTimeout(() => void this.connect(index).then(resolve), code === 1006 ? retryDelay : 0);
      };
      // A close event follows, with code 1006.
      socket.onerror = () => undefined;
    });
  }
}

interface Connection {
  readonly socket: WebSocket;
  release: string | undefined;
  timer: NodeJS.Timeout | undefined;
}
