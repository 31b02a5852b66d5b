import { docker, inspect } from "./engine";
import { StepError } from "./step";

/** Seconds; a migration that is killed halfway may leave anything behind. */
const stopGrace = 60;

/**
 * Sees to it that no other container runs the same job of the same stack: one of an update that was broken off may still
 * be at it. Taking a migration back counts too.
 *
 * @param force whether it is stopped.
 * @throws {StepError} when there is one, unless it is stopped.
 */
export async function refuseOtherRuns(what: string, container: string, force: boolean): Promise<void> {
  for (const other of await otherRuns(container)) {
    const { Name, State } = await inspect(other);
    const name = Name.slice(1);
    const told = `container ${name}, since ${State.StartedAt}`;
    if (!force) throw new StepError(refusal(what, name, told));
    await docker(["stop", "--time", String(stopGrace), other]);
    process.stderr.write(`Stopped what was still running (${told}), as slipway:migrations.force says\n`);
  }
}

async function otherRuns(container: string): Promise<string[]> {
  const { Id, Config } = await inspect(container);
  const label = (name: string) => Config.Labels[`slipway.${name}`];
  const filters = ["system", "stack"].flatMap((name) => ["--filter", `label=slipway.${name}=${label(name)}`]);
  const format = '{{.ID}}\t{{.Label "slipway.service"}}';
  const running = await docker(["ps", "--no-trunc", ...filters, "--format", format]);
  const same = [label("service"), `${label("service")}-revert`];
  return running.split("\n").flatMap((line) => {
    const [id = "", service = ""] = line.split("\t");
    return id !== Id && same.includes(service) ? [id] : [];
  });
}

function refusal(what: string, name: string, told: string): string {
  return [
    `${what} was not begun, as another deployment's is still running (${told}): the update stops here, and what served before still serves.`,
    `  What to do: wait until it has ended (\`docker wait ${name}\`) and run \`pulumi up\` again,`,
    "  or stop it and take its place by setting slipway:migrations.force to true.",
  ].join("\n");
}
