/** An image as the engine names it, in its parts. */
export interface ImageReference {
  /** Host, with port if any. Docker Hub is `docker.io`. */
  readonly registry: string;
  /** Path below the registry: `library/postgres`, `your-org/clubhouse-backend`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string | undefined;
}

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const host =
  "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]{1,5})?";
const registryPattern = new RegExp(`^(?<host>${host})(?:/${component})*$`);
const referencePattern = new RegExp(
  `^(?<path>(?:${host}/)?${component}(?:/${component})*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$`,
);

/** What a pin may look like, for error messages. */
export const pinForm =
  "an image with a fixed tag or a digest, such as postgres:17.10-bookworm or app:1.2.3@sha256:<64 hex digits>; not latest";

/** What a registry or mirror may look like, for error messages. */
export const registryForm =
  "a registry host with an optional port and path, such as registry.example.com or localhost:5000";

export function isRegistry(text: string): boolean {
  const name = registryPattern.exec(text)?.groups?.host;
  return name !== undefined && isHost(name);
}

/** Docker's own rule for the first part of a name: without a dot or a port it is a path on Docker Hub. */
function isHost(part: string): boolean {
  return /[.:]/.test(part) || part === "localhost";
}

/** The parts of an image name, or undefined when it isn't one. */
export function parseImage(text: string): ImageReference | undefined {
  const groups = referencePattern.exec(text)?.groups;
  if (groups?.path === undefined) return undefined;
  const [first = "", ...rest] = groups.path.split("/");
  const hasRegistry = rest.length > 0 && isHost(first);
  const registry = hasRegistry ? first : "docker.io";
  const path = hasRegistry ? rest.join("/") : groups.path;
  const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
  return { registry, repository, tag: groups.tag, digest: groups.digest };
}

/** Whether the name always means the same image: it has a digest, or a tag other than `latest`. */
export function isPinned(text: string): boolean {
  const image = parseImage(text);
  if (image === undefined) return false;
  return image.digest !== undefined || (image.tag !== undefined && image.tag !== "latest");
}

export interface ImageSource {
  /** Registry that has this image instead of the one in the pin. */
  readonly registry?: string | undefined;
  /** Registry that has all images, for machines that reach no other. It comes before `registry`. */
  readonly mirror?: string | undefined;
}

/**
 * The name to pull by. Without a registry or a mirror this is the pin as it was written; with one, the pin's host is
 * replaced and its path kept: `postgres:17` on the mirror `localhost:5000` is `localhost:5000/library/postgres:17`.
 */
export function resolveImage(pin: string, source: ImageSource = {}): string {
  const from = source.mirror ?? source.registry;
  const image = parseImage(pin);
  if (image === undefined) throw new Error(`image: "${pin}" is not ${pinForm}`);
  if (from === undefined) return pin;
  const tag = image.tag === undefined ? "" : `:${image.tag}`;
  const digest = image.digest === undefined ? "" : `@${image.digest}`;
  return `${from}/${image.repository}${tag}${digest}`;
}

/** The image by its tag alone, which may be moved to another one; undefined where it has no tag. */
export function byTag(text: string): string | undefined {
  return parseImage(text)?.tag === undefined ? undefined : text.replace(/@.*$/, "");
}

/** The image by its digest alone; undefined where it has none. */
export function byDigest(text: string): string | undefined {
  const { tag, digest } = parseImage(text) ?? {};
  if (digest === undefined) return undefined;
  return tag === undefined ? text : text.replace(`:${tag}@`, "@");
}

/** The release that a pin stands for: its tag, else the first twelve digits of its digest. */
export function releaseOf(pin: string): string {
  const image = parseImage(pin);
  return image?.tag ?? image?.digest?.slice("sha256:".length, "sha256:".length + 12) ?? "unknown";
}
