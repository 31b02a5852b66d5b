import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { databaseRolesSql } from "../../lib/databaseRoles";
import { docker } from "../engine/harness/engine";
import { type Details, environmentOf, inspectAll, serviceOf } from "../engine/support/inspection";

/** One container of a deployed stack, with all that is needed to make the same again by other means. */
export interface Blueprint {
  readonly service: string;
  readonly details: Details;
  /** Folders of this machine with the files that the stack wrote into it, by their path in the container. */
  readonly folders: Readonly<Record<string, string>>;
  /** Named volumes by their path in the container, without the name of the stack. */
  readonly volumes: Readonly<Record<string, string>>;
  /** What must have come first: ready, or ended well when it runs only once. */
  readonly after: readonly string[];
}

const database = "clubhouse";

/** The chain of the system: databases, migration, services, proxy. */
const order: Readonly<Record<string, readonly string[]>> = {
  postgres: [],
  redis: [],
  migration: ["postgres"],
  backend: ["migration", "redis"],
  frontend: ["migration"],
  proxy: ["backend", "frontend"],
};

/** Reads off a stack what each of its containers is, and copies the files that were written into them to `folder`. */
export async function blueprintsOf(stack: string, folder: string): Promise<readonly Blueprint[]> {
  const ids = await docker("container", "ls", "--all", "--quiet", "--filter", `label=slipway.stack=${stack}`);
  const all = await inspectAll(ids.split("\n").filter((id) => id !== ""));
  const blueprints: Blueprint[] = [];
  for (const details of all) {
    const service = serviceOf(details);
    const folders = await copyFiles(details, join(folder, service));
    if (service === "postgres") folders["/docker-entrypoint-initdb.d"] = await writeRoles(all, folder);
    const volumes = Object.fromEntries(
      namedVolumes(details).map(({ Name = "", Destination }) => [
        Destination,
        Name.replace(`${database}-${stack}-`, ""),
      ]),
    );
    blueprints.push({ service, details, folders, volumes, after: order[service] ?? [] });
  }
  await useServiceNames(blueprints);
  return blueprints;
}

/** The folder of the proxy's configuration is a volume as well, but what is in it was written by the stack. */
function holdsFiles({ Name = "", Destination }: Details["Mounts"][number]): boolean {
  return /^[0-9a-f]{64}$/.test(Name) || Destination === "/etc/caddy";
}

function namedVolumes({ Mounts }: Details) {
  return Mounts.filter((mount) => mount.Type === "volume" && !holdsFiles(mount));
}

async function copyFiles({ Id, Mounts }: Details, folder: string): Promise<Record<string, string>> {
  const folders: Record<string, string> = {};
  for (const { Destination } of Mounts.filter((mount) => mount.Type === "volume" && holdsFiles(mount))) {
    const target = join(folder, Destination.replaceAll("/", "_"));
    await mkdir(target, { recursive: true });
    await docker("container", "cp", `${Id}:${Destination}/.`, target);
    for (const file of await filesIn(target)) await rewrite(file, (text) => text);
    folders[Destination] = target;
  }
  return folders;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Their owner in the container isn't the owner of the copies, so that everybody must be able to read these. */
async function rewrite(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, "utf8");
  await rm(file);
  await writeFile(file, change(text), { mode: 0o444 });
}

/** The roles that the stack made by a step, as a script that Postgres runs on an empty folder. */
async function writeRoles(all: readonly Details[], folder: string): Promise<string> {
  const role = (service: string) => {
    const details = all.find((one) => serviceOf(one) === service);
    const { POSTGRES_USER = "", POSTGRES_PASSWORD = "" } =
      details === undefined ? {} : environmentOf(details);
    return { user: POSTGRES_USER, password: POSTGRES_PASSWORD };
  };
  const roles = {
    owner: role("migration"),
    app: role("backend"),
    monitor: { user: `${database}_monitor`, password: "monitor" },
  };
  const target = join(folder, "roles");
  await mkdir(target, { recursive: true });
  const sql = databaseRolesSql({ database, extensions: [], roles, adminPassword: "admin" });
  await writeFile(join(target, "roles.sql"), sql, { mode: 0o444 });
  return target;
}

/** The proxy's configuration names containers of the stack; their doubles are found by the names of their services. */
async function useServiceNames(blueprints: readonly Blueprint[]): Promise<void> {
  const proxy = blueprints.find(({ service }) => service === "proxy");
  const folder = proxy?.folders["/etc/caddy"];
  if (proxy === undefined || folder === undefined)
    throw new Error("the stack has no proxy with a configuration");
  const networks = Object.keys(proxy.details.NetworkSettings.Networks);
  for (const file of await filesIn(folder)) {
    await rewrite(file, (text) => {
      const named = blueprints.reduce(
        (known, { service, details }) => known.replaceAll(details.Name.slice(1), service),
        text,
      );
      return networks.reduce((known, network) => known.replaceAll(`.${network}:`, ":"), named);
    });
  }
}
