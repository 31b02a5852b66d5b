import { loadExeca } from "../../lib/execa";
import { indented } from "./engine";
import { awaitReadiness } from "./readiness";
import type { StartableContainer } from "./start";
import { StepError, stepMain } from "./step";

export interface CreateBucketsInput {
  /** The server of the object store, whose image has MinIO's client. */
  readonly container: StartableContainer;
  /** Of the server, inside the container. */
  readonly address: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Those that are there stay as they are. */
  readonly buckets: readonly string[];
  /** Seconds until the server must be ready. */
  readonly timeout: number;
}

/** What the client keeps the server under. */
const server = "slipway";

async function createBuckets(input: CreateBucketsInput): Promise<unknown> {
  const { container, address, accessKey, secretKey, buckets, timeout } = input;
  await awaitReadiness("The object store", [container], timeout);
  // By standard input: a command line would show the keys, and a variable can't have all characters.
  const login = { url: address, accessKey, secretKey, api: "S3v4", path: "on" };
  await client(container.id, ["alias", "import", server], JSON.stringify(login));
  if (buckets.length > 0) {
    await client(container.id, [
      "mb",
      "--ignore-existing",
      ...buckets.map((bucket) => `${server}/${bucket}`),
    ]);
  }
  return { buckets };
}

async function client(container: string, args: readonly string[], input = ""): Promise<void> {
  const { execa } = await loadExeca();
  const { stderr, failed } = await execa("docker", ["exec", "-i", container, "mc", ...args], {
    input,
    reject: false,
  });
  if (!failed) return;
  throw new StepError(
    [
      "The buckets of the object store could not be made: the update stops here, and what served before still serves.",
      indented(stderr),
      "  What to do: mend what the lines name and run `pulumi up` again.",
    ].join("\n"),
  );
}

if (require.main === module) void stepMain(createBuckets);
