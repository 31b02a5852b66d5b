import { registryAddress } from "../setup/images/registry";
import { setUp } from "../setup/setUp";
import { operationMain, readPulumi, runPulumi } from "./pulumi";

const stack = "local";

interface Login {
  readonly username: string;
  readonly password: string;
}

interface Outputs {
  readonly urls: Readonly<Record<string, string>>;
  readonly login?: Login;
  readonly grafanaLogin?: Login;
}

/** Everything: set-up, then the stack `local` on this machine's engine. Prints its addresses and login. */
async function start(): Promise<void> {
  const { airGapped } = await setUp();
  await readPulumi(stack, ["stack", "select", "--create"]);
  await chooseMirror(airGapped);
  await runPulumi(stack, ["up", "--yes", "--skip-preview"]);
  printOutputs(
    JSON.parse(await readPulumi(stack, ["stack", "output", "--json", "--show-secrets"])) as Outputs,
  );
}

/** The local registry has stand-ins, so it is taken only when no other answers, and given up when one does. */
async function chooseMirror(airGapped: boolean): Promise<void> {
  const mirror = (await readPulumi(stack, ["config", "get", "imageMirror"])).trim();
  if (airGapped && mirror === "") await readPulumi(stack, ["config", "set", "imageMirror", registryAddress]);
  if (!airGapped && mirror === registryAddress) await readPulumi(stack, ["config", "rm", "imageMirror"]);
}

function printOutputs({ urls, login, grafanaLogin }: Outputs): void {
  console.log("\nThe system is up:");
  for (const [name, url] of Object.entries(urls)) console.log(`  ${name}  ${url}`);
  if (login !== undefined) console.log(`  log in as ${login.username} with the password ${login.password}`);
  if (grafanaLogin !== undefined) {
    console.log(`  log in to Grafana as ${grafanaLogin.username} with the password ${grafanaLogin.password}`);
  }
  console.log("Its certificate is of an authority of its own, so a browser warns once.");
}

void operationMain(start);
