import { mkdir, writeFile } from "node:fs/promises";
import { service } from "../../common/program.mjs";
import { release } from "../../common/release.mjs";
import { createServer, listen } from "../../common/server.mjs";

const page = `<!doctype html><title>HomeRack</title><div id="root" data-release="${release}"></div>`;

/** As nginx: it writes its pid and its folders at the start, and answers every path with the page of the application. */
await service(async () => {
  await writeFile("/run/nginx.pid", String(process.pid));
  await mkdir("/var/cache/nginx/client_temp", { recursive: true });
  const server = createServer();
  server.get("/*", async (_request, reply) => reply.type("text/html").send(page));
  await listen(server, 80);
});
