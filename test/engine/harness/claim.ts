import { createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const pollInterval = 1_000;
const claims = new Map<string, Server>();

/**
 * Waits until no other run of the tests has this name, and takes it until the process ends: two runs on one engine, of
 * two checkouts perhaps, would remove each other's containers. The kernel keeps the claim, so a killed run leaves none.
 */
export async function claim(name: string): Promise<void> {
  // Sockets without a file are a thing of Linux.
  if (claims.has(name) || process.platform !== "linux") return;
  for (let waited = 0; ; waited += pollInterval) {
    const server = await listen(`\0slipway-engine-${name}`);
    if (server !== undefined) {
      claims.set(name, server);
      return;
    }
    if (waited === 0) console.log(`Stack ${name} belongs to another run of the tests: waiting for its end`);
    await sleep(pollInterval);
  }
}

/** Undefined when another process has the address. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer().unref();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}
