import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { clubhouse } from "../../../apps/clubhouse";
import { loadExeca } from "../../../lib/execa";
import { resolveImage } from "../../../lib/image";
import { docker } from "../harness/engine";
import { imageMirror } from "../harness/images";
import { machineAddress } from "./machine";

const name = "slipway-engine-external-postgres";
const port = 15432;
const patience = 60_000;

/**
 * A Postgres server with TLS that is none of the stack's: it listens on the machine's address in the engine's default
 * network, as a server in the same data centre would.
 */
export class ExternalServer {
  readonly port = port;

  private constructor(
    readonly host: string,
    private readonly folder: string,
  ) {}

  /** One that has a database and a role that owns it, and a superuser. */
  static async start(database: string, user: string, password: string): Promise<ExternalServer> {
    await docker("container", "rm", "--force", "--volumes", name).catch(() => undefined);
    const server = new ExternalServer(machineAddress(), await makeCertificate());
    await server.run();
    await server.ready();
    await server.query("postgres", `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`);
    await server.query("postgres", `CREATE DATABASE ${database} OWNER ${user}`);
    return server;
  }

  /** Rows, the superuser asking. */
  async query(database: string, sql: string): Promise<string[]> {
    const psql = ["psql", "-X", "-A", "-t", "-U", "postgres", "-p", String(port), "-d", database, "-c", sql];
    const rows = await docker("exec", name, ...psql);
    return rows.split("\n").filter((row) => row !== "");
  }

  async remove(): Promise<void> {
    await docker("container", "rm", "--force", "--volumes", name);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async run(): Promise<void> {
    const image = resolveImage(clubhouse.images.postgres?.default ?? "", { mirror: await imageMirror() });
    // The server refuses a key that others can read.
    const keys = "install -o postgres -m 600 /keys/server.key /keys/server.crt /var/lib/postgresql";
    const settings = [
      `listen_addresses=${this.host}`,
      `port=${port}`,
      "ssl=on",
      "ssl_cert_file=/var/lib/postgresql/server.crt",
      "ssl_key_file=/var/lib/postgresql/server.key",
    ];
    const start = `exec docker-entrypoint.sh postgres ${settings.map((setting) => `-c ${setting}`).join(" ")}`;
    await docker(
      ...["container", "run", "--detach", "--name", name, "--network", "host", "--user", "0:0"],
      ...["--env", "POSTGRES_PASSWORD=only-for-tests", "--env", "POSTGRES_INITDB_ARGS=--auth-local=trust"],
      ...["--volume", `${this.folder}:/keys:ro`, "--entrypoint", "bash", image, "-c", `${keys} && ${start}`],
    );
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + patience;
    for (;;) {
      // By the address, where the server of the initialisation doesn't listen.
      const probe = ["exec", name, "pg_isready", "-q", "-h", this.host, "-p", String(port)];
      const answers = await docker(...probe).then(
        () => true,
        () => false,
      );
      if (answers) return;
      if (Date.now() > deadline) throw new Error(`the server did not start:\n${await docker("logs", name)}`);
      await sleep(200);
    }
  }
}

async function makeCertificate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-engine-certificate-"));
  const { execa } = await loadExeca();
  const files = ["-keyout", join(folder, "server.key"), "-out", join(folder, "server.crt")];
  await execa("openssl", [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=external",
    ...files,
  ]);
  return folder;
}
