import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../paths";
import { SetupError } from "../step";
import { attempt, run } from "./command";

/** Debian releases that stand-ins are made of. Bookworm has no Postgres 17, trixie has. */
export type Suite = "bookworm" | "trixie";

/** Where Debian's archives are for this machine. */
export interface Archives {
  readonly main: string;
  /** Not every mirror has it. */
  readonly security: string | undefined;
}

/**
 * Picks the archives from lines of `apt-get indextargets`, each "<site> <release>", by the release that the machine
 * itself runs: whatever mirror its administrator chose is the one to use.
 */
export function archivesFrom(targets: string, codename: string): Archives | undefined {
  const sites = new Map<string, string>();
  for (const line of targets.split("\n")) {
    const [site, release] = line.trim().split(" ");
    if (site !== undefined && release !== undefined) sites.set(release, site);
  }
  const main = sites.get(codename);
  return main === undefined ? undefined : { main, security: sites.get(`${codename}-security`) };
}

/** The lines of an apt source list for a release. */
export function sourcesOf(archives: Archives, suite: Suite): string[] {
  const lines = [`deb ${archives.main} ${suite} main`];
  if (archives.security !== undefined) lines.push(`deb ${archives.security} ${suite}-security main`);
  return lines;
}

/** Settings of the machine's apt that reaching a mirror may need: proxies, certificates, checks of dates. */
export function transportSettings(dump: string): string[] {
  return dump
    .split("\n")
    .filter((line) => /^Acquire::(?!IndexTargets|Languages|GzipIndexes|CompressionTypes|cdrom)/.test(line))
    .filter((line) => !/ "";$/.test(line));
}

async function machineArchives(): Promise<Archives> {
  const advice =
    "No image registry answers, and the stand-ins for its images are made of Debian packages: " +
    "run this on Debian, or let the machine reach an image registry.";
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(release)?.[1];
  if (!/^ID=debian$/m.test(release) || codename === undefined) throw new SetupError(advice);
  // Without release info: a fresh machine has no lists yet.
  const format = ["--format", "$(SITE) $(RELEASE)", "Created-By: Packages"];
  const { stdout } = await attempt("apt-get", ["indextargets", "--no-release-info", ...format]);
  const archives = archivesFrom(stdout, codename);
  if (archives === undefined) throw new SetupError(`${advice} (apt has no source for Debian ${codename}.)`);
  return archives;
}

/** An apt of our own for one release. It leaves the machine's own lists, packages and hooks alone. */
interface Apt {
  readonly sources: readonly string[];
  readonly transport: readonly string[];
  readonly environment: { readonly APT_CONFIG: string };
}

const prepared = new Map<Suite, Promise<Apt>>();

function aptFor(suite: Suite): Promise<Apt> {
  const apt = prepared.get(suite) ?? prepareApt(suite);
  prepared.set(suite, apt);
  return apt;
}

async function prepareApt(suite: Suite): Promise<Apt> {
  const folder = join(cacheFolder(), "images", "apt", suite);
  for (const part of ["state/lists/partial", "cache/archives/partial"]) {
    await mkdir(join(folder, part), { recursive: true });
  }
  const sources = sourcesOf(await machineArchives(), suite);
  const transport = transportSettings(await run("apt-config", ["dump"]));
  const configuration = join(folder, "apt.conf");
  await writeFile(join(folder, "sources.list"), `${sources.join("\n")}\n`);
  await writeFile(join(folder, "status"), "");
  await writeFile(
    configuration,
    [
      ...transport,
      'Dir::Etc::Parts "/dev/null";',
      `Dir::Etc::SourceList "${join(folder, "sources.list")}";`,
      'Dir::Etc::SourceParts "/dev/null";',
      `Dir::State "${join(folder, "state")}";`,
      `Dir::State::Status "${join(folder, "status")}";`,
      `Dir::Cache "${join(folder, "cache")}";`,
      'Acquire::Languages "none";',
      'Acquire::GzipIndexes "true";',
      'Dir::Cache::srcpkgcache "";',
      // apt's own download user can't read the cache of the user who runs this.
      'APT::Sandbox::User "root";',
      "",
    ].join("\n"),
  );
  const environment = { APT_CONFIG: configuration };
  await run("apt-get", ["update"], { env: environment });
  return { sources, transport, environment };
}

/**
 * Unpacks packages into a folder that a Dockerfile copies to `/`. Nothing is installed: their scripts don't run, and
 * what they depend on must be named. Returns the version of the first.
 */
export async function unpackPackages(
  suite: Suite,
  packages: readonly string[],
  folder: string,
): Promise<string> {
  const apt = await aptFor(suite);
  const downloads = `${folder}.debs`;
  await mkdir(downloads, { recursive: true });
  await run("apt-get", ["download", ...packages], { cwd: downloads, env: apt.environment });
  // Debian's /lib, /bin and /sbin are links; as folders, COPY would replace the links of the base.
  const links = ["bin", "lib", "lib64", "sbin"];
  for (const link of links) {
    await mkdir(join(folder, "usr", link), { recursive: true });
    await symlink(`usr/${link}`, join(folder, link));
  }
  const files = await readdir(downloads);
  for (const file of files) await unpack(join(downloads, file), folder);
  const first = files.find((file) => file.startsWith(`${packages[0]}_`)) ?? "";
  const version = await run("dpkg-deb", ["--field", join(downloads, first), "Version"]);
  await Promise.all(
    [...links.map((link) => join(folder, link)), downloads].map((path) => rm(path, { recursive: true })),
  );
  return version;
}

async function unpack(file: string, folder: string): Promise<void> {
  const archive = `${file}.tar`;
  await run("sh", ["-c", 'dpkg-deb --fsys-tarfile "$1" > "$2"', "sh", file, archive]);
  const unwanted = ["doc", "man", "locale", "lintian"].map((name) => `--exclude=./usr/share/${name}/*`);
  await run("tar", [
    "-x",
    "-f",
    archive,
    "-C",
    folder,
    "--keep-directory-symlink",
    "--no-same-owner",
    ...unwanted,
  ]);
}

/** What goes into a root file system. */
interface Content {
  readonly variant: "essential" | "minbase";
  readonly include: readonly string[];
  /** Folders of /usr/share that are left out, now and by later installations. */
  readonly without: readonly string[];
}

/** A base of stand-ins: no apt, no documentation. */
const standInContent: Content = {
  variant: "essential",
  include: ["usr-is-merged", "passwd", "tzdata", "libstdc++6"],
  without: ["doc", "locale", "man"],
};

/** Debian as it is installed at its smallest, with apt and the sources that it was made from. */
export const plainDebian: Content = { variant: "minbase", include: ["usr-is-merged"], without: [] };

/** Makes a small root file system of a Debian release as a tar archive. */
export async function makeRootFileSystem(
  suite: Suite,
  archive: string,
  content: Content = standInContent,
): Promise<void> {
  const apt = await aptFor(suite);
  const tool = `${archive}.tool`;
  await rm(tool, { recursive: true, force: true });
  // Used in place: the machine keeps the packages it has.
  await unpackPackages(suite, ["mmdebstrap"], tool);
  const without = content.without.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  await run(
    "perl",
    [
      join(tool, "usr/bin/mmdebstrap"),
      `--variant=${content.variant}`,
      `--include=${content.include.join(",")}`,
      `--hook-dir=${join(tool, "usr/share/mmdebstrap/hooks/merged-usr")}`,
      ...apt.transport.map((setting) => `--aptopt=${setting}`),
      ...without,
      suite,
      archive,
      ...apt.sources,
    ],
    { env: { PATH: `${join(tool, "usr/bin")}:${process.env.PATH}` } },
  );
  await rm(tool, { recursive: true });
}
