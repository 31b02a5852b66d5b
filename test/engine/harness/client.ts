import { Agent, request, WebSocket } from "undici";
import { Http2Connection } from "./http2";

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Release of the sample that answered. */
  readonly release: string | undefined;
}

export interface RequestOptions {
  /** Milliseconds until the answer must have come in full. @default 15,000 */
  readonly timeout?: number;
  /** HTTP/2 instead of HTTP/1.1. @default false */
  readonly http2?: boolean;
  /** Of HTTP/1.1. */
  readonly headers?: Readonly<Record<string, string>>;
}

const patience = 15_000;

/**
 * Speaks HTTPS with a stack's proxy as a browser does: certificate checked, the public host name in SNI and Host. The
 * name is never looked up: every connection goes to this machine, or to the one at the address given. What fails is not tried again.
 */
export class Client {
  private readonly http1: Agent;
  private readonly http2: Http2Connection;

  constructor(
    readonly origin: string,
    certificateAuthority: string,
    address = "127.0.0.1",
  ) {
    this.http1 = new Agent({
      connect: {
        ca: certificateAuthority,
        lookup: (_host, _options, callback) => callback(null, [{ address, family: 4 }]),
      },
    });
    this.http2 = new Http2Connection(origin, certificateAuthority, address);
  }

  get(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request("GET", path, undefined, options);
  }

  post(path: string, body: unknown, options?: RequestOptions): Promise<Answer> {
    return this.request("POST", path, JSON.stringify(body), options);
  }

  /** @param path such as `/api/ws` */
  webSocket(path: string): WebSocket {
    return new WebSocket(this.origin.replace(/^http/, "ws") + path, {
      dispatcher: this.http1,
      headers: { origin: this.origin },
    });
  }

  async close(): Promise<void> {
    this.http2.close();
    await this.http1.destroy();
  }

  private async request(
    method: "GET" | "POST",
    path: string,
    body: string | undefined,
    { timeout = patience, http2 = false, headers = {} }: RequestOptions = {},
  ): Promise<Answer> {
    const signal = AbortSignal.timeout(timeout);
    if (http2) return this.http2.request({ method, path, body, signal });
    const response = await request(this.origin + path, {
      method,
      dispatcher: this.http1,
      signal,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body }),
    });
    const release = response.headers["x-app-version"];
    return {
      status: response.statusCode,
      body: await response.body.text(),
      release: typeof release === "string" ? release : undefined,
    };
  }
}
