import type { StackConfig } from "../../config";
import type { HostKind } from "./settings";

export interface CredentialsArgs {
  readonly config: {
    readonly host: HostKind;
    readonly digitalocean: Pick<StackConfig["digitalocean"], "bucket">;
    readonly dns: Pick<StackConfig["dns"], "provider">;
  };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** All settings of the stack, by their full keys such as `digitalocean:token`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Whether AWS' own tools have a file with credentials or a profile on this machine. */
  readonly awsFiles: boolean;
}

/**
 * What a stack's clouds can't be asked without, one line a problem. Only what is missing is told: whether it is any good,
 * its cloud says.
 */
export function missingCredentials(args: CredentialsArgs): string[] {
  const { host, dns, digitalocean } = args.config;
  const usesDigitalOcean = host === "digitalocean" || dns.provider === "digitalocean";
  const usesAws = host === "aws" || dns.provider === "route53";
  const usesSpaces = host === "digitalocean" && digitalocean.bucket !== undefined;
  return [
    ...(usesDigitalOcean ? missing(args, token) : []),
    ...(usesSpaces ? [...missing(args, spacesKey), ...missing(args, spacesSecret)] : []),
    ...(usesAws && !hasAws(args) ? [awsProblem] : []),
  ];
}

interface Credential {
  readonly setting: string;
  /** The provider takes any of them; the first is the one to tell. */
  readonly variables: readonly [string, ...string[]];
  readonly what: string;
}

const token: Credential = {
  setting: "digitalocean:token",
  variables: ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"],
  what: "an API token of DigitalOcean",
};
const spacesKey: Credential = {
  setting: "digitalocean:spacesAccessId",
  variables: ["SPACES_ACCESS_KEY_ID"],
  what: "the id of a Spaces key with full access, which creates the bucket of slipway:digitalocean.bucket",
};
const spacesSecret: Credential = {
  setting: "digitalocean:spacesSecretKey",
  variables: ["SPACES_SECRET_ACCESS_KEY"],
  what: "the secret of that Spaces key",
};

function missing({ environment, settings }: CredentialsArgs, { setting, variables, what }: Credential) {
  if (isSet(settings[setting]) || variables.some((variable) => isSet(environment[variable]))) return [];
  return [
    `${setting} is missing: set it to ${what} (pulumi config set --secret ${setting} <value>, or ${variables[0]} in the environment)`,
  ];
}

const awsVariables = [
  "AWS_ACCESS_KEY_ID",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_SHARED_CREDENTIALS_FILE",
];

function hasAws({ environment, settings, awsFiles }: CredentialsArgs): boolean {
  return (
    awsFiles ||
    awsVariables.some((variable) => isSet(environment[variable])) ||
    ["aws:accessKey", "aws:profile", "aws:assumeRoleWithWebIdentity"].some((key) => isSet(settings[key])) ||
    // Then the provider asks the machine that runs the update for the role that it has.
    settings["aws:skipMetadataApiCheck"] === "false"
  );
}

const awsProblem =
  "aws:profile is missing: nothing here tells who asks AWS. Sign in (aws configure, or aws sso login and pulumi config set aws:profile <profile>), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment";

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
