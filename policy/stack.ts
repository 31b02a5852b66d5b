import type { PolicyConfigSchema, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";

/** The stack that a resource is of: the third part of `urn:pulumi:<stack>::<project>::<types>::<name>`. */
export function stackOf(urn: string): string {
  return urn.split("::")[0]?.slice("urn:pulumi:".length) ?? "";
}

/** Type of the component that the resource is a child of: the last but one of `<type>$<type>$<type>`. */
export function parentType(urn: string): string | undefined {
  return urn.split("::")[2]?.split("$").at(-2);
}

/** Configuration of a rule that is for production only. */
export const productionSchema: PolicyConfigSchema = {
  properties: {
    stacks: {
      type: "array",
      items: { type: "string" },
      default: ["production"],
      description: "Names of the stacks that are in production.",
    },
  },
};

/** Whether the stack is in production, as the configuration of the rule has it. */
export function inProduction(
  args: Pick<ResourceValidationArgs | StackValidationArgs, "getConfig">,
  stack: string,
): boolean {
  const { stacks = ["production"] } = args.getConfig<{ readonly stacks?: readonly string[] }>();
  return stacks.includes(stack);
}
