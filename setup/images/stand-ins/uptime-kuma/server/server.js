// What stands in for Uptime Kuma, which no package registry has: nothing is watched. It starts only where the original
// could, with a data folder that it can write to.
const { createServer } = require("node:http");
const { appendFileSync, readFileSync } = require("node:fs");

const note = readFileSync("/etc/stand-in", "utf8");

appendFileSync("/app/data/starts.log", `${new Date().toISOString()}\n`);
const server = createServer((request, response) => {
  if (request.method !== "GET") return response.writeHead(405).end();
  // To the first page, as the original.
  if (request.url === "/") return response.writeHead(302, { location: "/dashboard" }).end();
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(
    `<!doctype html>\n<title>Uptime Kuma</title>\n<h1>Uptime Kuma (stand-in)</h1>\n<p>${note}</p>\n`,
  );
});
server.listen(Number(process.env.UPTIME_KUMA_PORT ?? 3001));
process.once("SIGTERM", () => process.exit(0));
