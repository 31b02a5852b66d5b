/** What is deployed, as the configuration says. */
export interface DeployedRelease {
  readonly system: string;
  readonly stack: string;
  /** Release of the system as a whole. */
  readonly version: string;
  /** Pin of each image that runs, by its short name. */
  readonly images: Readonly<Record<string, string>>;
}

/** What was deployed, when, and by whom. */
export interface DeploymentRecord extends DeployedRelease {
  /** `20261122_143022_1.2.0`, UTC. */
  readonly deploymentId: string;
  /** When it served, ISO 8601. */
  readonly timestamp: string;
  /** `user@machine`, or who has started the pipeline. */
  readonly deployedBy: string;
  /** Of the program, where its folder is a checkout. */
  readonly gitCommit?: string;
  /** The one before it. */
  readonly previous?: Pick<DeploymentRecord, "deploymentId" | "version">;
}

export interface DeploymentCircumstances {
  readonly now: Date;
  readonly deployedBy: string;
  readonly gitCommit: string | undefined;
  /** What the file with the last record has; empty when there is none. */
  readonly last: string;
}

export function deploymentRecord(
  release: DeployedRelease,
  { now, deployedBy, gitCommit, last }: DeploymentCircumstances,
): DeploymentRecord {
  const { system, stack, version, images } = release;
  const timestamp = `${now.toISOString().slice(0, 19)}Z`;
  const previous = identityIn(last);
  return {
    deploymentId: `${timestamp.replaceAll(/[-:Z]/g, "").replace("T", "_")}_${version}`,
    system,
    stack,
    version,
    images,
    timestamp,
    deployedBy,
    ...(gitCommit !== undefined && { gitCommit }),
    ...(previous !== undefined && { previous }),
  };
}

/** Undefined for what isn't a record: nobody is kept from deploying by a file that somebody has edited. */
function identityIn(text: string): DeploymentRecord["previous"] {
  try {
    const { deploymentId, version } = JSON.parse(text) as Partial<DeploymentRecord>;
    if (typeof deploymentId !== "string" || typeof version !== "string") return undefined;
    return { deploymentId, version };
  } catch {
    return undefined;
  }
}
