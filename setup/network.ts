import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "./images/command";
import { cacheFolder } from "./paths";

/**
 * What of the outside world this machine reaches. Asked only when something is missing, and each at most once.
 *
 * The environment variable SLIPWAY_AIR_GAPPED decides instead of a look at the network: with `1` nothing is taken from
 * outside (the tools are built from Go modules, the images are stand-ins), with `0` all is expected to be reachable,
 * which is for networks where only a proxy leads out.
 */
export interface Reach {
  /** Whether the host answers from which Pulumi's CLI and plugins are downloaded. */
  downloads(): Promise<boolean>;
  /** Whether a registry answers from which the engine pulls images. */
  registry(): Promise<boolean>;
}

/** How long a host has to answer. */
const timeout = 3_000;
/** For how long it is believed that a host can't be reached: where packets vanish, each look costs the whole timeout. */
const memory = 60 * 60_000;

/** Looks at the network when asked, or follows SLIPWAY_AIR_GAPPED. */
export function createReach(probes: Probes = realProbes, environment = process.env): Reach {
  const decided = environment.SLIPWAY_AIR_GAPPED;
  if (decided !== undefined && decided !== "") {
    const reachable = ["0", "false", "no"].includes(decided.toLowerCase());
    return { downloads: async () => reachable, registry: async () => reachable };
  }
  return { downloads: once("downloads", probes.downloads), registry: once("registry", probes.registry) };
}

interface Probes {
  readonly downloads: () => Promise<boolean>;
  readonly registry: () => Promise<boolean>;
}

const realProbes: Probes = { downloads: downloadHostAnswers, registry: registryAnswers };

function once(name: keyof Reach, probe: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  return () => {
    answer ??= remembered(name, probe);
    return answer;
  };
}

/** Only a refusal is remembered: an answer comes quickly, and what is reachable again is to be used. */
async function remembered(name: keyof Reach, probe: () => Promise<boolean>): Promise<boolean> {
  const file = join(cacheFolder(), `unreachable-${name}`);
  const since = Date.parse(await readFile(file, "utf8").catch(() => ""));
  if (Date.now() - since < memory) return false;
  const reachable = await probe();
  if (!reachable) {
    await mkdir(cacheFolder(), { recursive: true });
    await writeFile(file, new Date().toISOString());
  }
  return reachable;
}

async function downloadHostAnswers(): Promise<boolean> {
  const response = await ask("https://get.pulumi.com/install.sh");
  return response?.ok === true;
}

/** Asks where the engine itself would: its mirrors, and the registry that it has built in. */
async function registryAnswers(): Promise<boolean> {
  const format = "{{json .RegistryConfig.Mirrors}}\n{{json .IndexServerAddress}}";
  const { stdout, failure } = await attempt("docker", ["info", "--format", format]);
  if (failure !== undefined) return false;
  const [mirrors, index] = stdout.split("\n").map((line) => JSON.parse(line));
  const answers = await Promise.all([...(mirrors ?? []), index].map(isRegistry));
  return answers.includes(true);
}

/** A registry gives its name to the first question of its protocol, be it with "log in first". */
async function isRegistry(address: string): Promise<boolean> {
  const response = await ask(new URL("/v2/", address).href);
  return response?.headers.get("docker-distribution-api-version") === "registry/2.0";
}

async function ask(address: string): Promise<Response | undefined> {
  try {
    return await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(timeout) });
  } catch {
    return undefined;
  }
}
