// What stands in for Tempo and Loki: receivers of OTLP that keep what they get. The traces' one speaks gRPC over plain
// HTTP/2 and reads protobuf by hand, so that the exporter isn't checked with code of its own.
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { until } from "./waiting.js";

type Value = string | number | boolean | Buffer | undefined;
export type Attributes = Readonly<Record<string, unknown>>;

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: "server" | "client" | "other";
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentId: string;
  readonly ms: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly error: boolean;
  /** Names of events with their attributes. */
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
}

export interface ReceivedLog {
  readonly severity: number;
  readonly level: string;
  readonly body: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
}

export interface Receiver<Item> {
  readonly port: number;
  readonly received: readonly Item[];
  /** The first that fits; waits for it. */
  find(what: string, fits: (item: Item) => boolean): Promise<Item>;
  end(): Promise<void>;
}

const exportPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

export async function receiveTraces(port = 0): Promise<Receiver<ReceivedSpan>> {
  const received: ReceivedSpan[] = [];
  const server = createHttp2Server();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", async (stream, headers) => {
    if (headers[":path"] !== exportPath) return stream.close();
    const message = Buffer.concat(await stream.toArray());
    // gRPC: one byte whether it is compressed, four with the length.
    if (message[0] !== 0 || message.readUInt32BE(1) !== message.length - 5) return stream.close();
    received.push(...decodeRequest(message.subarray(5)));
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(5));
  });
  return receiver(server, port, received, () => sessions.forEach((session) => void session.destroy()));
}

export async function receiveLogs(port = 0): Promise<Receiver<ReceivedLog>> {
  const received: ReceivedLog[] = [];
  const server = createServer(async (request, response) => {
    const fits = request.method === "POST" && request.url === "/otlp/v1/logs";
    if (fits) received.push(...(await decodeLogs(request)));
    response.writeHead(fits ? 200 : 404, { "content-type": "application/json" }).end("{}");
  });
  return receiver(server, port, received, () => server.closeAllConnections());
}

async function receiver<Item>(server: Server, port: number, received: readonly Item[], cut: () => void) {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    received,
    async find(what: string, fits: (item: Item) => boolean): Promise<Item> {
      await until(() => received.some(fits), what);
      return received.find(fits) as Item;
    },
    async end(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

/** The fields of a protobuf message in their order: number and value; nested messages stay bytes. */
function* fields(message: Buffer): Generator<[number, Value]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [field, type] = [tag >> 3, tag & 7];
    if (type === 0) {
      yield [field, varint()];
      continue;
    }
    const size = type === 2 ? varint() : type === 1 ? 8 : 4;
    at += size;
    yield [field, message.subarray(at - size, at)];
  }
}

function all(message: Buffer, field: number): Buffer[] {
  return [...fields(message)].filter(([number]) => number === field).map(([, value]) => value as Buffer);
}

function bytes(message: Buffer, field: number): Buffer {
  return all(message, field).at(-1) ?? Buffer.alloc(0);
}

function* decodeRequest(request: Buffer): Generator<ReceivedSpan> {
  for (const resourceSpans of all(request, 1)) {
    const resource = attributes(all(bytes(resourceSpans, 1), 1));
    for (const scopeSpans of all(resourceSpans, 2)) {
      for (const span of all(scopeSpans, 2)) yield decodeSpan(span, resource);
    }
  }
}

function decodeSpan(span: Buffer, resource: Attributes): ReceivedSpan {
  const number = (field: number, message = span) => [...fields(message)].find(([n]) => n === field)?.[1];
  const kinds: Record<number, ReceivedSpan["kind"]> = { 2: "server", 3: "client" };
  return {
    name: String(bytes(span, 5)),
    kind: kinds[Number(number(6))] ?? "other",
    traceId: bytes(span, 1).toString("hex"),
    spanId: bytes(span, 2).toString("hex"),
    parentId: bytes(span, 4).toString("hex"),
    ms: Number(bytes(span, 8).readBigUInt64LE() - bytes(span, 7).readBigUInt64LE()) / 1e6,
    attributes: attributes(all(span, 9)),
    resource,
    error: number(3, bytes(span, 15)) === 2,
    events: all(span, 11).map((event) => ({
      name: String(bytes(event, 2)),
      attributes: attributes(all(event, 3)),
    })),
  };
}

/** Only what the server sends: strings, booleans, whole numbers and doubles. */
function attributes(pairs: readonly Buffer[]): Attributes {
  const decode = (any: Buffer): Value => {
    const [[field, value] = [0, undefined]] = fields(any);
    if (field === 2) return value === 1;
    if (field === 4) return (value as Buffer).readDoubleLE();
    return Buffer.isBuffer(value) ? String(value) : value;
  };
  return Object.fromEntries(pairs.map((pair) => [String(bytes(pair, 1)), decode(bytes(pair, 2))]));
}

interface JsonValue {
  readonly kvlistValue?: { readonly values: readonly JsonPair[] };
  readonly arrayValue?: { readonly values: readonly JsonValue[] };
  readonly [type: string]: unknown;
}

interface JsonPair {
  readonly key: string;
  readonly value: JsonValue;
}

interface JsonLogs {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly JsonPair[] };
    readonly scopeLogs: readonly {
      readonly logRecords: readonly {
        readonly severityNumber: number;
        readonly severityText: string;
        readonly body: JsonValue;
        readonly traceId?: string;
        readonly spanId?: string;
        readonly flags?: number;
        readonly attributes: readonly JsonPair[];
      }[];
    }[];
  }[];
}

async function decodeLogs(request: IncomingMessage): Promise<ReceivedLog[]> {
  const { resourceLogs }: JsonLogs = JSON.parse(String(Buffer.concat(await request.toArray())));
  return resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ logRecords }) =>
      logRecords.map((record) => ({
        severity: record.severityNumber,
        level: record.severityText,
        body: String(jsonValue(record.body)),
        traceId: record.traceId ?? "",
        spanId: record.spanId ?? "",
        flags: record.flags ?? 0,
        attributes: jsonAttributes(record.attributes),
        resource: jsonAttributes(resource.attributes),
      })),
    ),
  );
}

function jsonAttributes(pairs: readonly JsonPair[]): Attributes {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, jsonValue(value)]));
}

function jsonValue(value: JsonValue): unknown {
  if (value.kvlistValue) return jsonAttributes(value.kvlistValue.values);
  if (value.arrayValue) return value.arrayValue.values.map(jsonValue);
  return Object.values(value)[0];
}
