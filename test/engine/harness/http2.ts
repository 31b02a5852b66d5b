import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from "node:http2";
import type { Answer } from "./client";

export interface Http2Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * One HTTP/2 connection for all requests, as a browser has. When the server says that it goes away, the requests under
 * way end on it and the next ones get a new one. None is sent twice.
 */
export class Http2Connection {
  private session: ClientHttp2Session | undefined;
  private readonly sessions = new Set<ClientHttp2Session>();

  constructor(
    private readonly origin: string,
    private readonly certificateAuthority: string,
    private readonly address: string,
  ) {}

  request(request: Http2Request): Promise<Answer> {
    return answerOf(this.open(request));
  }

  private open({ method, path, body, signal }: Http2Request): ClientHttp2Stream {
    const stream = this.current().request(
      { ":method": method, ":path": path, ...(body !== undefined && { "content-type": "application/json" }) },
      { signal, endStream: body === undefined },
    );
    if (body !== undefined) stream.end(body);
    return stream;
  }

  close(): void {
    for (const session of this.sessions) session.destroy();
  }

  private current(): ClientHttp2Session {
    if (this.session !== undefined && !this.session.closed && !this.session.destroyed) return this.session;
    const session = connect(this.origin, {
      ca: this.certificateAuthority,
      lookup: (_host, _options, callback) => callback(null, [{ address: this.address, family: 4 }]),
    });
    this.session = session;
    this.sessions.add(session);
    const forget = () => {
      if (this.session === session) this.session = undefined;
    };
    // Node closes the session itself then, when its streams have ended.
    session.once("goaway", forget);
    session.once("close", () => {
      forget();
      this.sessions.delete(session);
    });
    // The streams fail with it.
    session.on("error", forget);
    return session;
  }
}

function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let head: IncomingHttpHeaders = {};
    let text = "";
    stream.setEncoding("utf8");
    stream.once("response", (headers) => {
      head = headers;
    });
    stream.on("data", (chunk: string) => {
      text += chunk;
    });
    stream.once("error", reject);
    stream.once("close", () => {
      const status = Number(head[":status"] ?? 0);
      if (status === 0 || stream.rstCode !== constants.NGHTTP2_NO_ERROR) {
        return reject(new Error(`the stream was closed with code ${stream.rstCode}`));
      }
      const release = head["x-app-version"];
      resolve({ status, body: text, release: typeof release === "string" ? release : undefined });
    });
  });
}
