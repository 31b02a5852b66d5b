// The health check of the container: asks the server what a client would ask. Only node:http is loaded, because
// the engine starts this program every few seconds.
import { get } from "node:http";

const timeoutMs = 2_500;

const request = get(
  { host: "127.0.0.1", port: process.env.PORT || 8080, path: "/health", timeout: timeoutMs },
  async (response) => {
    if (response.statusCode === 200) process.exit(0);
    const body = await response.setEncoding("utf8").toArray();
    fail(`${response.statusCode} ${body.join("")}`);
  },
);
request.on("timeout", () => fail(`no answer within ${timeoutMs} ms`));
request.on("error", (error) => fail(error.message));

function fail(reason: string): never {
  // The engine keeps what a health check prints: `docker inspect` shows it.
  console.error(reason);
  process.exit(1);
}
