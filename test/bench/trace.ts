import { readFile } from "node:fs/promises";

/** A stretch of time in a trace that `pulumi --otel-traces file://…` wrote. */
export interface Span {
  readonly program: string;
  readonly name: string;
  /** Seconds since the first line of the trace. */
  readonly start: number;
  readonly end: number;
  /** Name of the resource in a request to register one. */
  readonly resource: string | undefined;
}

interface Line {
  readonly resourceSpans?: readonly {
    readonly resource: { readonly attributes?: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly RawSpan[] }[];
  }[];
}

interface RawSpan {
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

/** The spans of a trace, in the order of their start. */
export async function readTrace(file: string): Promise<readonly Span[]> {
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  const raw = lines.flatMap((line) => spansIn(JSON.parse(line) as Line));
  const zero = raw[0]?.begun ?? 0n;
  const since = (time: bigint) => Number(time - zero) / 1e9;
  return raw
    .map(({ begun, ended, ...span }) => ({ ...span, start: since(begun), end: since(ended) }))
    .sort((a, b) => a.start - b.start);
}

function spansIn({ resourceSpans = [] }: Line) {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, startTimeUnixNano, endTimeUnixNano, attributes = [] }) => ({
        program: resource.attributes?.find(({ key }) => key === "service.name")?.value.stringValue ?? "",
        name,
        begun: BigInt(startTimeUnixNano),
        ended: BigInt(endTimeUnixNano),
        resource: registered(attributes),
      })),
  );
}

function registered(attributes: readonly Attribute[]): string | undefined {
  for (const { key, value } of attributes) {
    const found =
      key === "Msg" && /"gRPC request":"type:.*? name:\\"(?<name>[^"\\]+)/.exec(value.stringValue ?? "");
    if (found) return found.groups?.name;
  }
  return undefined;
}

/** Time that at least one of the spans covers, seconds. */
export function covered(spans: readonly Span[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= until) continue;
    total += end - Math.max(start, until);
    until = end;
  }
  return total;
}
