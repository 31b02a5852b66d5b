import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Agent, request } from "undici";

export interface Question {
  readonly method?: "GET" | "POST" | "OPTIONS";
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent without its length. */
  readonly body?: Buffer | string | Readable;
  /** Certificate authority to trust. */
  readonly ca?: string;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const patience = 30_000;

/** One request on a connection of its own to this machine, whatever the host of the URL. Redirects are not followed. */
export async function ask(url: string, question: Question = {}): Promise<Reply> {
  const { method = "GET", headers = {}, body = null, ca } = question;
  const agent = new Agent({
    connect: {
      ...(ca === undefined ? {} : { ca }),
      lookup: (_host, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
    },
  });
  try {
    const signal = AbortSignal.timeout(patience);
    const answer = await request(url, { method, headers, body, dispatcher: agent, signal });
    const read = Buffer.from(await answer.body.arrayBuffer());
    return { status: answer.statusCode, headers: answer.headers, body: read };
  } finally {
    await agent.destroy();
  }
}

/** A GET with the path and headers just as they are given: a path with dots, another Host, an Upgrade. */
export function askRaw(
  url: string,
  path: string,
  { headers = {}, ca }: Pick<Question, "headers" | "ca">,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const { protocol, hostname, host, port } = new URL(url);
  const options = { host: "127.0.0.1", port, path, headers: { host, ...headers }, timeout: patience };
  return new Promise((resolve, reject) => {
    const sent =
      protocol === "https:"
        ? httpsRequest({
            ...options,
            servername: hostname,
            agent: false,
            ...(ca === undefined ? {} : { ca }),
          })
        : httpRequest({ ...options, agent: false });
    sent.once("response", (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode, body }), reject);
    });
    sent.once("upgrade", ({ statusCode }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, body: "" });
    });
    sent.once("timeout", () => sent.destroy(new Error("no answer")));
    sent.once("error", reject);
    sent.end();
  });
}

/** Headers that ask for a WebSocket, as a page of this origin does. */
export function webSocketHeaders(origin: string): Record<string, string> {
  return {
    connection: "Upgrade",
    upgrade: "websocket",
    origin,
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
}
