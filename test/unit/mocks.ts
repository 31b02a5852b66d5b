import * as pulumi from "@pulumi/pulumi";

export const project = "slipway";
export const stack = "test";

/** In what is recorded: a value that Pulumi keeps encrypted. */
export function secret(value: unknown): { readonly secret: unknown } {
  return { secret: value };
}

/** In what is recorded: a value that a preview can't know yet. */
export const unknown = "(unknown)";

/** One call of the program to the engine. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** URN, or "" at the top. */
  readonly parent: string;
  readonly custom: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Those that are set, and no others. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of the resources that it depends on, by `dependsOn` or by a value, sorted. */
  readonly dependencies: readonly string[];
  /** What a component registered; undefined until it did. */
  outputs: Readonly<Record<string, unknown>> | undefined;
}

/** The parts of the SDK's monitor that are used here; its own types have none of them. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom(): boolean;
  getObject(): Struct;
  getDependenciesList(): string[];
  getPropertydependenciesMap(): {
    forEach(each: (dependencies: { getUrnsList(): string[] }, property: string) => void): void;
  };
  getProvider(): string;
  getProtect(): boolean | undefined;
  hasProtect(): boolean;
  getRetainondelete(): boolean | undefined;
  hasRetainondelete(): boolean;
  getDeletebeforereplace(): boolean;
  getDeletebeforereplacedefined(): boolean;
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getAliasesList(): unknown[];
  getDeletedwith(): string;
  getCustomtimeouts(): { getCreate(): string; getUpdate(): string; getDelete(): string } | undefined;
  getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
}

interface Struct {
  toJavaScript(): Record<string, unknown>;
}

type Callback = (error: unknown, response: { getUrn(): string } | undefined) => void;

interface Monitor {
  registerResource(request: RegisterRequest, callback: Callback): Promise<void>;
  registerResourceOutputs(
    request: { getUrn(): string; getOutputs(): Struct | undefined },
    callback: Callback,
  ): void;
}

export interface RecordOptions {
  readonly preview?: boolean;
  /** Called before a resource is there; while its promise is open, the resource is being created. */
  readonly creating?: (type: string, name: string) => Promise<void> | undefined;
  readonly stack?: string;
  /** Ids that differ from `<name>-id`, by name: of what was replaced. */
  readonly ids?: Readonly<Record<string, string>>;
  /** What a step prints, by its name. */
  readonly printed?: Readonly<Record<string, string>>;
  /** What an engine adds to the inputs of a resource, by its name. */
  readonly computed?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What a function of a provider answers, by its token. */
  readonly calls?: Readonly<Record<string, (args: Record<string, unknown>) => Record<string, unknown>>>;
}

type Sources = Readonly<Record<string, readonly string[]>>;

/** Everything that a program asked the engine for. */
export class Recording<Made> {
  constructor(
    readonly made: Made,
    readonly all: readonly Registration[],
    private readonly sources: ReadonlyMap<string, Sources> = new Map(),
  ) {}

  /** The only resource of this name. */
  get(name: string, type?: string): Registration {
    const found = this.all.filter((one) => one.name === name && (type === undefined || one.type === type));
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(
        `${found.length} resources are named ${name}, of ${this.all.map((one) => one.name).join(", ")}`,
      );
    }
    return only;
  }

  /** Names of the resources that each input of this one comes from, sorted; inputs that come from none are left out. */
  sourcesOf(name: string): Sources {
    return this.sources.get(this.get(name).urn) ?? {};
  }

  ofType(type: string): readonly Registration[] {
    return this.all.filter((one) => one.type === type);
  }

  /** Each as `type name`, sorted: for what there is and nothing else. */
  get list(): string[] {
    return this.all.map(({ type, name }) => `${type} ${name}`).sort();
  }
}

/** Runs a program against an engine that creates nothing and writes down all. */
export async function record<Made>(
  program: () => Made | Promise<Made>,
  options: RecordOptions = {},
): Promise<Recording<Made>> {
  const all: Registration[] = [];
  await pulumi.runtime.setMocks(
    {
      call: ({ token, inputs }) => options.calls?.[token]?.(inputs) ?? {},
      newResource: (args) => create(args, options),
    },
    project,
    options.stack ?? stack,
    options.preview ?? false,
  );
  const sources = new Map<string, Sources>();
  watch(pulumi.runtime.getMonitor() as unknown as Monitor, all, sources);
  try {
    return new Recording(await program(), all, sources);
  } finally {
    // Also what a program has begun that throws then must end, or the next one would get it.
    await pulumi.runtime.disconnect();
  }
}

function watch(monitor: Monitor, all: Registration[], sources: Map<string, Sources>): void {
  const registerResource = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    registerResource(request, (error, response) => {
      if (response !== undefined) {
        all.push(registration(request, response.getUrn()));
        sources.set(response.getUrn(), sourcesOf(request));
      }
      callback(error, response);
    });
  const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, callback) => {
    const component = all.find(({ urn }) => urn === request.getUrn());
    if (component !== undefined) component.outputs = readable(request.getOutputs()?.toJavaScript() ?? {});
    registerOutputs(request, callback);
  };
}

async function create(
  { type, name, inputs, custom }: pulumi.runtime.MockResourceArgs,
  options: RecordOptions,
) {
  await options.creating?.(type, name);
  if (custom !== true) return { id: undefined, state: {} };
  if (options.preview === true) return { id: undefined, state: inputs };
  const stdout = options.printed?.[name];
  return {
    id: options.ids?.[name] ?? `${name}-id`,
    state: {
      ...inputs,
      ...computed(type, name, inputs),
      ...options.computed?.[name],
      ...(stdout === undefined ? {} : { stdout }),
    },
  };
}

/** What an engine adds to the inputs. */
function computed(type: string, name: string, inputs: { name?: string }): Record<string, unknown> {
  switch (type) {
    case "docker:index/container:Container":
      return { name: inputs.name ?? `${name}-1a2b3c4` };
    case "random:index/randomPassword:RandomPassword":
      return { result: pulumi.secret(`generated-${name}`) };
    default:
      return {};
  }
}

function registration(request: RegisterRequest, urn: string): Registration {
  return {
    type: request.getType(),
    name: request.getName(),
    urn,
    parent: request.getParent(),
    custom: request.getCustom(),
    inputs: readable(request.getObject().toJavaScript()),
    options: optionsOf(request),
    dependencies: request.getDependenciesList().map(nameOf).sort(),
    outputs: undefined,
  };
}

function sourcesOf(request: RegisterRequest): Sources {
  const sources: Record<string, string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, property) => {
    const names = dependencies.getUrnsList().map(nameOf).sort();
    if (names.length > 0) sources[property] = names;
  });
  return sources;
}

function optionsOf(request: RegisterRequest): Record<string, unknown> {
  const [ignoreChanges, replaceOnChanges] = [
    request.getIgnorechangesList(),
    request.getReplaceonchangesList(),
  ];
  const provider = request.getProvider();
  const given = request.getCustomtimeouts();
  const timeouts = Object.entries({
    create: given?.getCreate() ?? "",
    update: given?.getUpdate() ?? "",
    delete: given?.getDelete() ?? "",
  }).filter(([, time]) => time !== "");
  const replacementTrigger = readable(request.getReplacementTrigger()?.toJavaScript());
  return {
    ...(request.hasProtect() ? { protect: request.getProtect() } : {}),
    ...(request.hasRetainondelete() ? { retainOnDelete: request.getRetainondelete() } : {}),
    ...(request.getDeletebeforereplacedefined()
      ? { deleteBeforeReplace: request.getDeletebeforereplace() }
      : {}),
    ...(ignoreChanges.length > 0 ? { ignoreChanges } : {}),
    ...(replaceOnChanges.length > 0 ? { replaceOnChanges } : {}),
    ...(replacementTrigger === undefined ? {} : { replacementTrigger }),
    ...(request.getAliasesList().length > 0 ? { aliases: request.getAliasesList().length } : {}),
    ...(timeouts.length > 0 ? { customTimeouts: Object.fromEntries(timeouts) } : {}),
    ...(request.getDeletedwith() === "" ? {} : { deletedWith: nameOf(request.getDeletedwith()) }),
    // `urn::id`
    ...(provider === "" ? {} : { provider: nameOf(provider.slice(0, provider.lastIndexOf("::"))) }),
  };
}

function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** A component's URN at the top of the stack, or a resource's below one of the parent's type. */
export function urn(type: string, name: string, parentType?: string): string {
  const qualified = parentType === undefined ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

/** A value as it is sent, with its secrets, unknowns and references to resources made readable. */
function readable<Value>(value: Value): Value;
function readable(value: unknown): unknown {
  if (value === pulumi.runtime.unknownValue) return unknown;
  if (Array.isArray(value)) return value.map((item) => readable(item));
  if (typeof value !== "object" || value === null) return value;
  const special: unknown = Reflect.get(value, pulumi.runtime.specialSigKey);
  if (special === pulumi.runtime.specialSecretSig) return secret(readable(Reflect.get(value, "value")));
  if (special === pulumi.runtime.specialResourceSig) return { resource: nameOf(Reflect.get(value, "urn")) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, readable(inner)]));
}

/** The value of an output, in `secret()` when it is one. */
export async function revealed(output: pulumi.Output<unknown>): Promise<unknown> {
  const value = await new Promise((resolve) => output.apply(resolve));
  return (await pulumi.isSecret(output)) ? secret(value) : value;
}
