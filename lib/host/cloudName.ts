export interface CloudNameArgs {
  readonly system: string;
  readonly stack: string;
  /** What it is of the machine's: `data`. Left out for the machine itself. */
  readonly part?: string;
}

/** As many as a host name's label and the shortest of the clouds' names may have. */
const longest = 63;

/**
 * The name of something in a cloud, such as `clubhouse-production-data`: lower case letters, digits and hyphens, which
 * all clouds and host names take.
 *
 * @throws {RangeError} for one that is too long.
 */
export function cloudName({ system, stack, part }: CloudNameArgs): string {
  const name = [system, stack, ...(part === undefined ? [] : [part])]
    .join("-")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  if (name.length <= longest) return name;
  throw new RangeError(
    `the stack ${stack} has too long a name for a cloud: ${name} has ${name.length} characters, allowed are ${longest}. Rename the stack (pulumi stack rename)`,
  );
}
