import { docker } from "../harness/engine";

export interface AskedFromInside {
  /** Its container has Node, and asks: a client at another address than the tests'. */
  readonly client: string;
  /** Address of the proxy on a network of the client's. */
  readonly proxy: string | undefined;
  /** Public origin. */
  readonly origin: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** How often, one after the other. */
  readonly count: number;
}

/** How often a client on one of the stack's networks gets which status. */
export async function statusesFromInside(asked: AskedFromInside): Promise<Readonly<Record<string, number>>> {
  const { client, proxy, origin, method, path, count } = asked;
  const { host, hostname, port } = new URL(origin);
  const options = { host: proxy, port, servername: hostname, rejectUnauthorized: false, method, path };
  const program = `
    const { request } = require("node:https");
    const options = ${JSON.stringify({ ...options, headers: { host } })};
    const ask = () => new Promise((resolve, reject) => request(options, (answer) => {
      answer.resume().once("end", () => resolve(answer.statusCode));
    }).once("error", reject).end());
    (async () => {
      const counts = {};
      for (let asked = 0; asked < ${count}; asked += 1) {
        const status = await ask();
        counts[status] = (counts[status] ?? 0) + 1;
      }
      console.log(JSON.stringify(counts));
    })();`;
  return JSON.parse(await docker("exec", client, "node", "-e", program)) as Record<string, number>;
}
