import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";

const path = "/api/ws";
/** Below the minute after which routers and proxies forget a silent connection. */
const heartbeatMs = 25_000;
const maxMessageBytes = 16 * 1024;
/** What may wait for a slow reader before it is cut off. */
const maxBufferedBytes = 1024 * 1024;
const closeTimeoutMs = 2_000;
/** RFC 6455's registry: 1012 "service restart". Clients come back at once, and reach the new release. */
const serviceRestart = 1012;

export interface LiveUpdatesOptions {
  readonly allowedOrigins: readonly string[];
  readonly version: string;
}

/** The open WebSockets of this replica: greets, echoes what a client sends, and passes on the new notes. */
export class LiveUpdates {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  readonly #silent = new WeakSet<WebSocket>();
  readonly #options: LiveUpdatesOptions;
  #heartbeat: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: LiveUpdatesOptions) {
    this.#options = options;
  }

  get open(): number {
    return this.#sockets.clients.size;
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs).unref();
  }

  broadcast(message: string): void {
    for (const socket of this.#sockets.clients) {
      if (socket.bufferedAmount > maxBufferedBytes) socket.terminate();
      else socket.send(message);
    }
  }

  /** Takes no more and closes every WebSocket with 1012; what doesn't answer is cut off. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#heartbeat);
    const sockets = [...this.#sockets.clients];
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of sockets) socket.close(serviceRestart, "service restart");
    const cut = setTimeout(() => sockets.forEach((socket) => void socket.terminate()), closeTimeoutMs);
    await Promise.all(closed);
    clearTimeout(cut);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const refusal = this.#refusal(request);
    if (refusal) {
      socket.once("finish", () => socket.destroy());
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#welcome(opened));
  }

  #refusal({ url, headers: { origin } }: IncomingMessage): string | undefined {
    if (this.#closing) return "503 Service Unavailable";
    if (url?.split("?")[0] !== path) return "404 Not Found";
    // Browsers always send an Origin; without the check any page could read along with its visitor.
    if (!origin || !this.#options.allowedOrigins.includes(origin)) return "403 Forbidden";
    return undefined;
  }

  #welcome(socket: WebSocket): void {
    socket.on("error", () => socket.terminate());
    socket.on("pong", () => this.#silent.delete(socket));
    socket.on("message", (data) => socket.send(JSON.stringify({ type: "echo", text: String(data) })));
    socket.send(JSON.stringify({ type: "hello", version: this.#options.version }));
  }

  #beat(): void {
    for (const socket of this.#sockets.clients) {
      if (this.#silent.has(socket)) {
        socket.terminate();
        continue;
      }
      this.#silent.add(socket);
      socket.ping();
    }
  }
}
