import { service } from "../../common/program.mjs";
import { createServer, listen } from "../../common/server.mjs";

const page = '<!doctype html>\n<title>FreshTrack Pro (stand-in)</title>\n<div id="root"></div>\n';

await service(async () => {
  const server = createServer();
  // The page in the browser knows its paths.
  server.get("/*", async (_request, reply) => reply.type("text/html; charset=utf-8").send(page));
  await listen(server, 8080);
});
