/** What `docker inspect` says of a container that another one is made like. */
export interface TemplateContainer {
  readonly Id: string;
  /** Digest of the image. */
  readonly Image: string;
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[] | null;
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: {
    readonly Memory: number;
    readonly MemorySwap: number;
    readonly NanoCpus: number;
    readonly PidsLimit: number | null;
    readonly ShmSize: number;
    readonly ReadonlyRootfs: boolean;
    readonly Init: boolean | null;
    readonly CapAdd: readonly string[] | null;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Tmpfs?: Readonly<Record<string, string>> | null;
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

export interface CreateCommand {
  /** Arguments of `docker`. */
  readonly args: readonly string[];
  /** Variables that its process must have, as no list of processes may show their values. */
  readonly environment: Readonly<Record<string, string>>;
  /** Networks to join afterwards: older engines take one at the creation. */
  readonly moreNetworks: readonly string[];
}

/**
 * How a container is created that is like another one, with other arguments: the same image, user, program, environment,
 * networks, limits and restrictions, and the same volumes, those with its secret files too.
 *
 * @param imageEnvironment variables that the image has by itself.
 * @param service its label, other than the template's.
 */
export function createLike(
  template: TemplateContainer,
  imageEnvironment: readonly string[],
  service: string,
  command: readonly string[],
): CreateCommand {
  const { Id, Image, Config, HostConfig } = template;
  const own = (Config.Env ?? []).filter((variable) => !imageEnvironment.includes(variable));
  const environment = Object.fromEntries(own.map(nameAndValue));
  const [program, ...fixed] = Config.Entrypoint ?? [];
  const [network = "none", ...moreNetworks] = Object.keys(template.NetworkSettings.Networks).sort();
  const labels = Object.entries(Config.Labels).filter(([label]) => identifying.includes(label));
  return {
    args: [
      "create",
      ...option("pull", "never"),
      ...option("volumes-from", Id),
      ...option("user", ...(Config.User === "" ? [] : [Config.User])),
      ...option("entrypoint", ...(program === undefined ? [] : [program])),
      ...option("env", ...Object.keys(environment)),
      ...option("network", network),
      ...option("label", ...assigned(labels), `slipway.service=${service}`),
      ...option("memory", HostConfig.Memory),
      ...option("memory-swap", HostConfig.MemorySwap),
      ...option("cpus", HostConfig.NanoCpus / 1e9),
      ...option("pids-limit", HostConfig.PidsLimit ?? unlimited),
      ...option("shm-size", HostConfig.ShmSize),
      ...(HostConfig.ReadonlyRootfs ? ["--read-only"] : []),
      ...(HostConfig.Init === true ? ["--init"] : []),
      ...option("cap-drop", ...(HostConfig.CapDrop ?? [])),
      ...option("cap-add", ...(HostConfig.CapAdd ?? [])),
      ...option("security-opt", ...(HostConfig.SecurityOpt ?? [])),
      ...option("tmpfs", ...Object.entries(HostConfig.Tmpfs ?? {}).map((entry) => entry.join(":"))),
      ...option("log-driver", HostConfig.LogConfig.Type),
      ...option("log-opt", ...assigned(Object.entries(HostConfig.LogConfig.Config))),
      Image,
      ...fixed,
      ...command,
    ],
    environment,
    moreNetworks,
  };
}

const unlimited = -1;
const identifying = ["slipway.release", "slipway.stack", "slipway.system"];

/** The option with each of the values. */
function option(name: string, ...values: readonly (string | number)[]): string[] {
  return values.flatMap((value) => [`--${name}`, String(value)]);
}

function assigned(entries: readonly (readonly [string, string])[]): string[] {
  return entries.map((entry) => entry.join("="));
}

function nameAndValue(variable: string): [name: string, value: string] {
  const end = variable.indexOf("=");
  return [variable.slice(0, end), variable.slice(end + 1)];
}
