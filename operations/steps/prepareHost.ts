import { machineUser } from "../../lib/host/connection";
import { preparationDigest } from "../../lib/host/machine/preparation";
import type { Preparation } from "../../lib/host/preparation";
import { retireBootstrapHostKey } from "../ssh/bootstrapHostKey";
import { awaitCloudInit } from "../ssh/cloudInit";
import { installPreparation } from "../ssh/install";
import { awaitLogin, type Login } from "../ssh/login";
import { Progress } from "../ssh/progress";
import { awaitEngine } from "../ssh/verify";
import { stepMain } from "./step";

export interface PrepareHostInput {
  /** Users: `deploy`, who is there once the machine is prepared, before the one who prepares it. */
  readonly login: Login;
  readonly preparation: Preparation;
  /** Whether cloud-init prepares the machine: it has just been made then, and a failure of cloud-init is one of ours. */
  readonly cloudInit: boolean;
  /** Only to prepare another machine too. */
  readonly machine: string;
  /** Seconds until the machine must answer and cloud-init must have ended; the preparation has as long again. */
  readonly timeout: number;
}

export interface PrepareHostResult {
  readonly user: string;
  /** The machine's own one, `ssh-ed25519 AAAA…`. */
  readonly hostKey: string;
  /** Of the preparation. */
  readonly digest: string;
}

/** Waits for the machine, and prepares it unless that has been done. It can be broken off at any point and run again. */
export async function prepareHost(input: PrepareHostInput): Promise<PrepareHostResult> {
  const { login, preparation, cloudInit, timeout } = input;
  const digest = preparationDigest(preparation);
  const progress = new Progress();
  const deadline = Date.now() + timeout * 1000;
  const session = await awaitLogin(login, cloudInit, deadline, progress);
  const { connection, state } = await awaitCloudInit(session, login, cloudInit, deadline, progress);
  if (state.digest !== digest || connection.user !== machineUser) {
    await installPreparation(connection, preparation, timeout);
  }
  if (cloudInit) await retireBootstrapHostKey({ ...login, user: machineUser });
  const prepared = await awaitEngine({ ...login, users: [machineUser] }, digest, progress);
  return { user: machineUser, hostKey: prepared.state.hostKey, digest };
}

if (require.main === module) void stepMain(prepareHost);
