import type { AppSpec } from "../../apps/spec";
import { type StackState, stackState } from "../../lib/doctor/stackState";
import type { Connection } from "../../lib/host/connection";
import { type StackSettings, stackSchema } from "../../lib/stackSchema";
import { appOf } from "../deployment";
import { OperationError, readPulumi } from "../pulumi";
import { machineOf } from "../reachStack";
import { stackSettings } from "../stackFile";

/** The stack that is looked at: what it should be, by its file and by its last update. */
export interface Subject {
  readonly stack: string;
  /** Whether people rely on it, and what is good enough to try things out isn't. */
  readonly production: boolean;
  readonly settings: SubjectSettings;
  readonly state: StackState;
  /** Public address of each domain, by its short name. */
  readonly urls: Readonly<Record<string, string>>;
  /** Pins that run. */
  readonly images: Readonly<Record<string, string>>;
  /** How the machine is logged in to; undefined where it is this one. */
  readonly machine: Connection | undefined;
  /** Of the backups' key. */
  readonly fingerprint: string | undefined;
}

type SubjectSettings = Pick<
  StackSettings,
  "host" | "ssh" | "tls" | "ports" | "observability" | "backups" | "registries" | "imageMirror" | "postgres"
>;

/** What the doctor reads of the outputs. */
interface Outputs {
  readonly urls?: Readonly<Record<string, string>>;
  readonly images?: Readonly<Record<string, string>>;
  readonly recoveryKit?: { readonly fingerprint?: string };
}

/** @throws {OperationError} when the stack isn't there, or nothing of it has been brought up. */
export async function subjectOf(stack: string): Promise<Subject> {
  // Before all else, as it says so where there is no such stack.
  const app = await appOf(stack);
  const [settings, machine, outputs, exported] = await Promise.all([
    subjectSettings(stack, app),
    machineOf(stack),
    readJson(stack, ["stack", "output", "--json", "--show-secrets"]) as Promise<Outputs>,
    readJson(stack, ["stack", "export"]),
  ]);
  const { urls, images, recoveryKit } = outputs;
  if (urls === undefined || images === undefined || machine === "none yet") {
    throw new OperationError(`stack ${stack} isn't up: \`pulumi up --stack ${stack}\` brings it up`);
  }
  return {
    stack,
    // The name that the policy pack takes for it too.
    production: stack === "production",
    settings,
    state: stackState(exported),
    urls,
    images,
    machine: machine === "local" ? undefined : machine,
    fingerprint: recoveryKit?.fingerprint,
  };
}

async function readJson(stack: string, args: readonly string[]): Promise<unknown> {
  return JSON.parse(await readPulumi(stack, args));
}

/** Each setting by itself: what another one lacks, such as a secret of another person, is no matter here. */
async function subjectSettings(stack: string, app: AppSpec): Promise<SubjectSettings> {
  const raw = await stackSettings(stack);
  const { shape } = stackSchema(app);
  const read = <Name extends keyof SubjectSettings>(name: Name): SubjectSettings[Name] => {
    const result = shape[name].safeParse(raw[name]);
    if (result.success) return result.data as SubjectSettings[Name];
    throw new OperationError(
      `slipway:${name} in Pulumi.${stack}.yaml is not what it must be: \`pulumi preview --stack ${stack}\` says why`,
    );
  };
  return {
    host: read("host"),
    ssh: read("ssh"),
    tls: read("tls"),
    ports: read("ports"),
    observability: read("observability"),
    backups: read("backups"),
    registries: read("registries"),
    imageMirror: read("imageMirror"),
    postgres: read("postgres"),
  };
}
