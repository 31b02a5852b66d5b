import { docker } from "../harness/engine";
import type { TestStack } from "../harness/stack";

/** What becomes of the requests that a program sends from the container of a service, which must have Node. */
export async function fromInside(stack: TestStack, service: string, program: string): Promise<string> {
  return docker("exec", (await stack.container(service)).Id, "node", "-e", program);
}

/** What the gateway of a service answers when the service asks for a tunnel to a host: its status. */
export async function tunnelTo(stack: TestStack, service: string, host: string): Promise<number> {
  const tunnel = `{ host: proxy.hostname, port: proxy.port, method: "CONNECT", path: "${host}:443" }`;
  const program = `
    const proxy = new URL(process.env.HTTPS_PROXY);
    require("node:http").request(${tunnel})
      .on("connect", (answer) => { console.log(answer.statusCode); process.exit(); }).end()`;
  return Number(await fromInside(stack, service, program));
}

/** The error that a service gets which connects to an address itself, or "connected". */
export function connectionTo(stack: TestStack, service: string, address: string): Promise<string> {
  const program = `
    const end = (result) => { console.log(result); process.exit(); };
    require("node:net").connect({ host: "${address}", port: 443, timeout: 3000 })
      .on("connect", () => end("connected"))
      .on("error", ({ code }) => end(code))
      .on("timeout", () => end("ETIMEDOUT"))`;
  return fromInside(stack, service, program);
}

/** How often a client at the address of a service, which is not the tests', gets which status: the proxy's limits are by address. */
export async function statusesFromInside(
  stack: TestStack,
  service: string,
  url: string,
  count: number,
): Promise<Readonly<Record<string, number>>> {
  const { hostname, host, port, pathname } = new URL(url);
  const { NetworkSettings } = await stack.container("proxy");
  const own = Object.keys((await stack.container(service)).NetworkSettings.Networks);
  const [shared = ""] = own.filter((network) => network in NetworkSettings.Networks);
  const options = JSON.stringify({
    ...{ host: NetworkSettings.Networks[shared]?.IPAddress, port, servername: hostname, path: pathname },
    ...{ method: "POST", headers: { host, "content-type": "application/json" }, rejectUnauthorized: false },
  });
  const program = `
    const { request } = require("node:https");
    const ask = () => new Promise((resolve, reject) => request(${options}, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode));
    }).once("error", reject).end("{}"));
    (async () => {
      const counts = {};
      for (let asked = 0; asked < ${count}; asked += 1) {
        const status = await ask();
        counts[status] = (counts[status] ?? 0) + 1;
      }
      console.log(JSON.stringify(counts));
    })();`;
  return JSON.parse(await fromInside(stack, service, program));
}
