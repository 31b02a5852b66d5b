import { access, constants, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./images/command";
import { cacheFolder } from "./paths";
import { SetupError, type Step } from "./step";
import { findGo, type Go, goStep } from "./toolchain/go";

const version = "1.7.12";

/** The program that checks the workflows, which only the tests run. */
export function actionlintFile(): string {
  return join(cacheFolder(), "tools", `actionlint-${version}`);
}

/** Built from its Go module. */
export function actionlintStep(): Step {
  return {
    title: `actionlint ${version} for the tests, built from its Go module`,
    async done() {
      const found = access(actionlintFile(), constants.X_OK);
      return found.then(
        () => true,
        () => false,
      );
    },
    async run() {
      const go = await anyGo();
      const tools = join(cacheFolder(), "tools");
      await mkdir(tools, { recursive: true });
      const folder = await mkdtemp(join(tools, "build-"));
      try {
        const env = { ...go.environment, CGO_ENABLED: "0", GOBIN: folder, GOWORK: "off" };
        const program = `github.com/rhysd/actionlint/cmd/actionlint@v${version}`;
        await run(go.program, ["install", "-trimpath", program], { env });
        await rename(join(folder, "actionlint"), actionlintFile());
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function anyGo(): Promise<Go> {
  const found = await findGo();
  if (found !== undefined) return found;
  // Its own message is of the toolchain, which need not be what is built here.
  const installed = await goStep()
    .run()
    .then(findGo)
    .catch(() => undefined);
  if (installed !== undefined) return installed;
  throw new SetupError(
    "actionlint, which checks the workflows, is built from its Go module: install Go (https://go.dev/dl) to have it.",
  );
}
