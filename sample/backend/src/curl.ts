#!/usr/bin/env node
// What the health check calls curl, in a base that has none: `curl -fsS URL`. Only node:http is loaded, because the
// engine starts this program every few seconds.
import { get } from "node:http";

const timeoutMs = 2_500;

const request = get(process.argv.at(-1) ?? "", { timeout: timeoutMs }, async (response) => {
  if (response.statusCode === 200) process.exit(0);
  const body = await response.setEncoding("utf8").toArray();
  fail(`${response.statusCode} ${body.join("")}`);
});
request.on("timeout", () => fail(`no answer within ${timeoutMs} ms`));
request.on("error", (error) => fail(error.message));

function fail(reason: string): never {
  // The engine keeps what a health check prints: `docker inspect` shows it.
  console.error(reason);
  process.exit(1);
}
