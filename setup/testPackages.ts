import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { SetupError, type Step } from "./step";
import { aptInstall, canUseApt } from "./toolchain/apt";

/** Programs that the tests run, with the Debian package of each. */
const needed: readonly { readonly program: string; readonly packages: readonly string[] }[] = [
  { program: "chromium", packages: ["chromium"] },
  { program: "redis-server", packages: ["redis-server"] },
  { program: "/usr/lib/postgresql", packages: ["postgresql"] },
  { program: "shellcheck", packages: ["shellcheck"] },
  { program: "jq", packages: ["jq"] },
  { program: "ssh-agent", packages: ["openssh-client"] },
];

/**
 * A browser for the page, a Postgres and a Redis for the sample's own tests, what the workflows' scripts are checked and
 * run with, and an agent for the keys of machines.
 */
export function testPackagesStep(): Step {
  return {
    title: "Chromium, PostgreSQL, Redis, ShellCheck, jq and OpenSSH for the tests",
    async done() {
      return (await missing()).length === 0;
    },
    async run() {
      const packages = await missing();
      if (!(await canUseApt())) {
        throw new SetupError(
          `The tests need ${packages.join(", ")}: sudo apt-get install ${packages.join(" ")}`,
        );
      }
      await aptInstall(...packages);
    },
  };
}

async function missing(): Promise<string[]> {
  const found = await Promise.all(needed.map(({ program }) => isThere(program)));
  return needed.flatMap(({ packages }, index) => (found[index] === true ? [] : packages));
}

async function isThere(program: string): Promise<boolean> {
  const folders = program.startsWith("/") ? [""] : (process.env.PATH ?? "").split(delimiter);
  const tries = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(tries)).some(({ status }) => status === "fulfilled");
}
