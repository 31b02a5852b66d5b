import { delimiter, join } from "node:path";
import { cacheFolder } from "../../../setup/paths";

/**
 * What a stack's commands run with: the tools that the set-up brought, and a file backend in the stack's own folder, so
 * that no test sees another's state or the user's.
 */
export function stackEnvironment(folder: string): NodeJS.ProcessEnv {
  const toolchain = join(cacheFolder(), "toolchain");
  return {
    ...process.env,
    PATH: [join(toolchain, "bin"), process.env.PATH].join(delimiter),
    PULUMI_HOME: join(toolchain, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_PARALLEL: "64",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "only-for-tests",
  };
}
