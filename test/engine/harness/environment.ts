import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { toolEnvironment } from "../../../setup/environment";

/**
 * What a stack's commands run with: the tools that the set-up brought, and a file backend in the stack's own folder, so
 * that no test sees another's state or the user's.
 */
export function stackEnvironment(folder: string): NodeJS.ProcessEnv {
  const { PULUMI_CONFIG_PASSPHRASE_FILE: _, ...environment } = toolEnvironment();
  return {
    ...environment,
    PULUMI_BACKEND_URL: pathToFileURL(join(folder, "backend")).href,
    PULUMI_CONFIG_PASSPHRASE: "only-for-tests",
  };
}
