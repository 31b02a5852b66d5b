import type {
  Policies,
  PolicyResource,
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidation,
  ResourceValidationArgs,
} from "@pulumi/policy";
import type * as pulumi from "@pulumi/pulumi";
import { policies } from "../../../policy/policies";
import type { Recording, Registration } from "../mocks";

/** A resource as the engine tells the pack of it. */
export interface Judged {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly protect: boolean;
  /** Names of the resources that a property is made of. */
  readonly madeOf: Readonly<Record<string, readonly string[]>>;
}

export interface Violation {
  readonly policy: string;
  /** "" for the stack. */
  readonly resource: string;
  readonly message: string;
}

/** A class of the SDK's, with the type of its arguments. */
interface Class<Args> {
  new (name: string, args: Args, ...rest: never[]): pulumi.Resource;
}

interface More {
  readonly protect?: boolean;
  /** Type of the component that it is a child of. */
  readonly parent?: string;
  readonly madeOf?: Judged["madeOf"];
  readonly stack?: string;
}

/** A resource that the SDK would take, as it reaches the pack. */
export function judged<Args>(
  type: Class<Args>,
  name: string,
  props: pulumi.Unwrap<NonNullable<Args>>,
  { protect = false, parent = "", madeOf = {}, stack = "test" }: More = {},
): Judged {
  const token = tokenOf(type);
  const qualified = parent === "" ? token : `${parent}$${token}`;
  const urn = `urn:pulumi:${stack}::slipway::${qualified}::${name}`;
  return { type: token, name, urn, props: props as Judged["props"], protect, madeOf };
}

/** All that a program asked for. Which property has which of its dependencies is not recorded: each has all. */
export function judgedOf(recording: Recording<unknown>): Judged[] {
  return recording.all.map((one) => {
    const props = plain(one.inputs) as Judged["props"];
    const madeOf = Object.fromEntries(Object.keys(props).map((key) => [key, one.dependencies]));
    return { ...pick(one), props, protect: one.options.protect === true, madeOf };
  });
}

function pick({ type, name, urn }: Registration) {
  return { type, name, urn };
}

/** Secrets as what they are: the pack sees them so. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === "secret") return plain(first[1]);
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]));
}

/** The same resources, one of them with other properties. */
export function changed(
  resources: readonly Judged[],
  name: string,
  change: Readonly<Record<string, unknown>>,
): Judged[] {
  if (!resources.some((one) => one.name === name)) throw new RangeError(`no resource is named ${name}`);
  return resources.map((one) => (one.name === name ? { ...one, props: { ...one.props, ...change } } : one));
}

/** What the pack, or a part of it, says of the resources. */
export function violations(
  resources: readonly Judged[],
  config: Readonly<Record<string, object>> = {},
  pack: Policies = policies,
): Violation[] {
  const whole = stackResources(resources);
  return pack.flatMap((policy) => {
    const found: Violation[] = [];
    const common = {
      stackTags: new Map<string, string>(),
      getConfig: <T extends object>() => (config[policy.name] ?? {}) as T,
      notApplicable: (): never => {
        throw new NotApplicable();
      },
    };
    if ("validateStack" in policy) {
      const report: ReportViolation = (message, urn) =>
        found.push({ policy: policy.name, resource: nameOf(urn), message });
      unlessNotApplicable(() => policy.validateStack({ ...common, resources: whole }, report));
      return found;
    }
    for (const resource of whole) {
      const report: ReportViolation = (message) =>
        found.push({ policy: policy.name, resource: resource.name, message });
      const args: ResourceValidationArgs = { ...resource, ...common, asType: resource.asType as never };
      for (const validate of validations(policy.validateResource)) {
        unlessNotApplicable(() => validate(args, report));
      }
    }
    return found;
  });
}

function validations(validate: ResourceValidation | ResourceValidation[] | undefined): ResourceValidation[] {
  return validate === undefined ? [] : [validate].flat();
}

class NotApplicable extends Error {}

function unlessNotApplicable(validate: () => unknown): void {
  try {
    validate();
  } catch (error) {
    if (!(error instanceof NotApplicable)) throw error;
  }
}

function stackResources(resources: readonly Judged[]): PolicyResource[] {
  const all = resources.map(policyResource);
  for (const [index, { madeOf }] of resources.entries()) {
    for (const [property, names] of Object.entries(madeOf)) {
      const sources = all.filter(({ name }) => names.includes(name));
      Object.assign(all[index]?.propertyDependencies ?? {}, { [property]: sources });
    }
  }
  return all;
}

function policyResource({ type, name, urn, props, protect }: Judged): PolicyResource {
  const isType = (resourceClass: object) => tokenOf(resourceClass) === type;
  return {
    ...{ type, name, urn, props, isType, dependencies: [], propertyDependencies: {} },
    asType: (resourceClass) => (isType(resourceClass) ? (props as never) : undefined),
    opts: { ...options, protect },
  };
}

const options: PolicyResourceOptions = {
  ...{ protect: false, ignoreChanges: [], aliases: [], additionalSecretOutputs: [] },
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
};

function tokenOf(resourceClass: object): string {
  return String(Reflect.get(resourceClass, "__pulumiType"));
}

function nameOf(urn = ""): string {
  return urn.slice(urn.lastIndexOf("::") + 2).replace(/^:*$/, "");
}
