import { Agent, request, WebSocket } from "undici";

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Release of the sample that answered. */
  readonly release: string | undefined;
}

const patience = 15_000;

/**
 * Speaks HTTPS with a stack's proxy as a browser does: certificate checked, the public host name in SNI and Host. The
 * name is never looked up: every connection goes to this machine.
 */
export class Client {
  private readonly http1: Agent;
  private readonly http2: Agent;

  constructor(
    readonly origin: string,
    certificateAuthority: string,
  ) {
    const connect: Agent.Options["connect"] = {
      ca: certificateAuthority,
      lookup: (_host, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
    };
    this.http1 = new Agent({ connect });
    this.http2 = new Agent({ connect, allowH2: true });
  }

  /** @param timeout milliseconds until the answer must have come in full. */
  get(path: string, { timeout = patience, http2 = false } = {}): Promise<Answer> {
    return this.request("GET", path, undefined, timeout, http2);
  }

  post(path: string, body: unknown, { timeout = patience, http2 = false } = {}): Promise<Answer> {
    return this.request("POST", path, body, timeout, http2);
  }

  /** @param path such as `/api/ws` */
  webSocket(path: string): WebSocket {
    return new WebSocket(this.origin.replace(/^http/, "ws") + path, {
      dispatcher: this.http1,
      headers: { origin: this.origin },
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.http1.destroy(), this.http2.destroy()]);
  }

  private async request(
    method: "GET" | "POST",
    path: string,
    body: unknown,
    timeout: number,
    http2: boolean,
  ): Promise<Answer> {
    const response = await request(this.origin + path, {
      method,
      dispatcher: http2 ? this.http2 : this.http1,
      signal: AbortSignal.timeout(timeout),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const release = response.headers["x-app-version"];
    return {
      status: response.statusCode,
      body: await response.body.text(),
      release: typeof release === "string" ? release : undefined,
    };
  }
}
