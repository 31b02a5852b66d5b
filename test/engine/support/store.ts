import { AwsClient } from "aws4fetch";
import type { StoreCredentials } from "../../../images/backup/contract";
import { bucketPolicy } from "../../../lib/backup/bucketPolicy";
import { claim } from "../harness/claim";
import { docker } from "../harness/engine";
import { storeImage } from "../harness/images";
import { eventually } from "./eventually";
import { machineAddress } from "./machine";

const name = "slipway-store";
const port = 17070;
const patience = 30_000;

export interface StoreAnswer {
  readonly status: number;
  readonly body: string;
}

export interface StoreRequest {
  /** @default the root user */
  readonly as?: StoreCredentials;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An S3 store that is none of the stack's, with versioning and policies: it listens on the machine's address in the
 * engine's default network, where this process and the containers of every network that leads out reach it. There is one
 * at a time, and its name is fixed, so that a later run cleans up after one that was killed.
 *
 * @example const store = await Store.start("clubhouse/backups");
 */
export class Store {
  readonly endpoint = `http://${machineAddress()}:${port}`;
  readonly region = "us-east-1";
  readonly bucket = "backups";
  /** May do everything. */
  readonly root: StoreCredentials = { accessKeyId: "root", secretAccessKey: "only-for-tests-root" };
  /** May do what the policy for a server allows. */
  readonly user: StoreCredentials = {
    accessKeyId: "only-for-tests",
    secretAccessKey: "only-for-tests-server",
  };

  private constructor(
    /** Folder in the bucket that the user may write to. */
    readonly prefix: string,
  ) {}

  /** An empty one, with a bucket that keeps versions. */
  static async start(prefix: string): Promise<Store> {
    await claim(name);
    const store = new Store(prefix);
    await store.remove();
    await store.run();
    await store.ready();
    await store.addUser();
    await store.make("", "");
    const versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await store.make("?versioning", versioning);
    const principal = store.user.accessKeyId;
    await store.make("?policy", JSON.stringify(bucketPolicy({ bucket: store.bucket, prefix, principal })));
    return store;
  }

  /** As restic has it. */
  get location(): string {
    return `s3:${this.endpoint}/${this.bucket}/${this.prefix}`;
  }

  /** Asks for something in the bucket: a key, or a subresource such as `?policy`. */
  async request(method: string, path: string, request: StoreRequest = {}): Promise<StoreAnswer> {
    const { as = this.root, body, headers } = request;
    const client = new AwsClient({ ...as, service: "s3", region: this.region, retries: 0 });
    const separator = path === "" || path.startsWith("?") ? "" : "/";
    const answer = await client.fetch(`${this.endpoint}/${this.bucket}${separator}${path}`, {
      method,
      ...(body !== undefined && { body }),
      ...(headers !== undefined && { headers }),
    });
    return { status: answer.status, body: await answer.text() };
  }

  /** Keys that begin so, the first thousand. */
  async keys(prefix = ""): Promise<string[]> {
    return this.listed(`?list-type=2&prefix=${encodeURIComponent(prefix)}`, "Key");
  }

  /** Ids of an object's versions, the newest first. */
  versions(key: string): Promise<string[]> {
    return this.listed(`?versions&prefix=${encodeURIComponent(key)}`, "VersionId");
  }

  /** Makes it unreachable; what it has stays. */
  async stop(): Promise<void> {
    await docker("container", "stop", "--time", "1", name);
  }

  /** Makes it reachable again. */
  async start(): Promise<void> {
    await docker("container", "start", name);
    await this.ready();
  }

  /** Removes it with all it has; also one that isn't there. */
  async remove(): Promise<void> {
    await docker("container", "rm", "--force", "--volumes", name).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const folders = ["data", "versions", "users"].flatMap((folder) => ["--volume", `/store/${folder}`]);
    await docker(
      ...["container", "run", "--detach", "--name", name, "--network", "host", ...folders],
      ...["--env", `ROOT_ACCESS_KEY=${this.root.accessKeyId}`],
      ...["--env", `ROOT_SECRET_KEY=${this.root.secretAccessKey}`, await storeImage()],
      ...["--port", `${machineAddress()}:${port}`, "--health", "/health", "--iam-dir", "/store/users"],
      ...["--quiet", "posix", "--versioning-dir", "/store/versions", "/store/data"],
    );
  }

  private async ready(): Promise<void> {
    await eventually(patience, async () => {
      const answer = await fetch(`${this.endpoint}/health`);
      if (!answer.ok) throw new Error(`the store answers ${answer.status}`);
    });
  }

  private async addUser(): Promise<void> {
    const { accessKeyId, secretAccessKey } = this.user;
    const root = ["--access", this.root.accessKeyId, "--secret", this.root.secretAccessKey];
    await docker(
      ...["exec", name, "versitygw", "admin", "--endpoint-url", this.endpoint, ...root, "create-user"],
      ...["--access", accessKeyId, "--secret", secretAccessKey, "--role", "user"],
    );
  }

  private async make(path: string, body: string): Promise<void> {
    const { status, body: answer } = await this.request("PUT", path, { body });
    if (status >= 300) throw new Error(`PUT ${this.bucket}${path} was answered with ${status}: ${answer}`);
  }

  private async listed(query: string, element: string): Promise<string[]> {
    const { status, body } = await this.request("GET", query);
    if (status !== 200) throw new Error(`the list ${query} was answered with ${status}: ${body}`);
    return [...body.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, "g"))].map(
      ([, value]) => value ?? "",
    );
  }
}
