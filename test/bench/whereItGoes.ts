import { covered, type Span } from "./trace";

/** A part of an update. */
export interface Part {
  readonly what: string;
  readonly seconds: number;
}

export interface Breakdown {
  /** One after the other; together they are all of it. */
  readonly sequence: readonly Part[];
  /** What happens in the longest of these, much of it at the same time. */
  readonly within: readonly Part[];
}

const register = "pulumirpc.ResourceMonitor/RegisterResource";
const provider = "pulumirpc.ResourceProvider/";

/** @param wall seconds that the whole command took, as seen from outside. */
export function whereItGoes(spans: readonly Span[], wall: number): Breakdown {
  const cli = spans.filter(({ program }) => program === "pulumi-cli");
  const all = only(cli, "pulumi");
  const host = only(cli, "pulumirpc.LanguageRuntime/Run");
  // A language host that doesn't tell starts Node at once.
  const program = spans.find(({ name }) => name === "execNodejs") ?? host;
  const registrations = cli.filter(({ name }) => name === register);
  // The stack itself is registered as soon as the SDK is there, and then the program is loaded.
  const [sdk = host.end, begun = sdk] = registrations.map(({ start }) => start);
  const ended = Math.max(...registrations.map(({ end }) => end));
  const sequence = [
    { what: "start of the command line, plugins of the language", seconds: host.start - all.start },
    { what: "language host until it starts Node", seconds: program.start - host.start },
    { what: "Node loads the SDK", seconds: sdk - program.start },
    { what: "Node loads the program", seconds: begun - sdk },
    { what: "resources", seconds: ended - begun },
    { what: "end of the program and the plugins", seconds: all.end - ended },
    { what: "start and end of the process", seconds: wall - (all.end - all.start) },
  ];
  return { sequence, within: [...withinResources(cli, begun), ...steps(spans)] };
}

function withinResources(cli: readonly Span[], begun: number): Part[] {
  const calls = (method: string) => cli.filter(({ name }) => name === provider + method);
  const plugins = cli.filter(({ name, start }) => name === "newPlugin" && start >= begun);
  const state = cli.filter(({ name, start }) => name.startsWith("gocloud.dev/blob") && start >= begun);
  return [
    { what: `start of ${plugins.length} plugins`, seconds: covered(plugins) },
    { what: `${calls("Check").length} checks`, seconds: covered(calls("Check")) },
    { what: `${calls("Diff").length} comparisons`, seconds: covered(calls("Diff")) },
    { what: `${state.length} reads and writes of the state`, seconds: covered(state) },
  ];
}

/** What was created, updated and deleted, and how long each took. */
function steps(spans: readonly Span[]): Part[] {
  const registrations = spans.filter(
    ({ program, resource }) => program === "pulumi-language-host" && resource !== undefined,
  );
  return spans
    .filter(({ program, name }) => program === "pulumi-cli" && changes.has(name))
    .map((call) => {
      const verb = call.name.slice(provider.length).toLowerCase();
      return { what: `${verb} ${causeOf(call, registrations) ?? ""}`.trim(), seconds: call.end - call.start };
    });
}

const changes = new Set(["Create", "Update", "Delete"].map((method) => provider + method));

/** A call doesn't say for which resource it is: it is for the one whose registration ends right after. */
function causeOf(call: Span, registrations: readonly Span[]): string | undefined {
  const around = registrations.filter(({ start, end }) => start <= call.start && end >= call.end);
  return around.sort((a, b) => a.end - b.end)[0]?.resource;
}

function only(spans: readonly Span[], name: string): Span {
  const found = spans.find((span) => span.name === name);
  if (found === undefined) throw new Error(`the trace has no ${name}`);
  return found;
}
