import { setTimeout } from "node:timers/promises";
import { SetupError, type Step } from "../step";
import { attempt } from "./command";
import { localImage } from "./docker";
import { registryContainer as container, registryAddress, registryAnswers } from "./registry";
import { stampLabel } from "./stamp";
import { buildStandIn, type StandIn, standInStamp } from "./standIn";

const startSeconds = 20;

const registry: StandIn = {
  folder: "registry",
  image: "registry:2.8.3",
  contents: "docker-registry {version} from Debian bookworm",
  suite: "bookworm",
  debianPackages: { root: "docker-registry" },
};

/** Not under its original's name: that belongs to the original. */
const tag = "slipway/stand-in-registry:2.8";

/** Starts the local registry. The engine starts it again with itself. */
export function registryStep(base: Promise<unknown>): Step {
  return {
    title: `image registry on ${registryAddress}`,
    async done() {
      const { stdout, failure } = await attempt("docker", ["container", "inspect", container]);
      if (failure !== undefined) return false;
      const [{ State, Config }] = JSON.parse(stdout);
      const current = Config.Labels?.[stampLabel] === (await standInStamp(registry));
      return State.Running === true && current && (await registryAnswers());
    },
    async run() {
      if ((await localImage(tag))?.labels[stampLabel] !== (await standInStamp(registry))) {
        await buildStandIn(registry, tag, base);
      }
      // Its data is in the volume: the container itself can always go.
      await attempt("docker", ["rm", "--force", container]);
      await start();
      await untilItAnswers();
    },
  };
}

async function start(): Promise<void> {
  const { failure } = await attempt("docker", [
    ...["run", "--detach", "--name", container, "--restart", "unless-stopped"],
    ...["--publish", "127.0.0.1:5000:5000", "--volume", `${container}:/var/lib/registry`],
    ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
    ...["--memory", "256m", "--log-opt", "max-size=5m", "--log-opt", "max-file=2"],
    tag,
  ]);
  if (failure === undefined) return;
  await attempt("docker", ["rm", "--force", container]);
  if (/port is already allocated|address already in use/.test(failure)) {
    throw new SetupError(
      "The local image registry needs port 5000, which another program has: stop that program and try again.",
    );
  }
  throw new SetupError(failure);
}

async function untilItAnswers(): Promise<void> {
  for (let waited = 0; waited < startSeconds; waited += 0.2) {
    if (await registryAnswers()) return;
    await setTimeout(200);
  }
  const { output } = await attempt("docker", ["logs", "--tail", "15", container]);
  throw new SetupError(`The local image registry doesn't answer on ${registryAddress}:\n${output}`);
}
