import type { Connection } from "../../lib/host/connection";
import { openTunnel } from "./tunnel";

/** What would have docker talk to another engine, or in another way. */
const others = ["DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"];

/** Has docker, in this process and in those that it starts, talk to the engine of a machine until the process ends. */
export async function reachMachine(connection: Connection): Promise<void> {
  const { dockerHost } = await openTunnel(connection);
  for (const name of others) delete process.env[name];
  process.env.DOCKER_HOST = dockerHost;
}
