import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { clubhouse } from "../../apps/clubhouse";
import { loadExeca } from "../../lib/execa";
import { buildSystemImages, type SystemImages, systemPins } from "./harness/systemImages";

const example: SystemImages = {
  app: { ...clubhouse, name: "example", images: { server: { description: "the server" } } },
  images: { server: {} },
  misbehaviours: { "1.1.0-never-healthy": "never-healthy" },
};
const secret = `SECRET_KEY=${randomBytes(32).toString("base64")}`;

/** A container of a release, as the components run it; it is gone when the command in it ends. */
async function run(release: string, environment: readonly string[], ...command: readonly string[]) {
  const { execa } = await loadExeca();
  const hardened = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"];
  const variables = environment.flatMap((variable) => ["--env", variable]);
  const image = systemPins(example, release).server ?? "";
  return execa("docker", ["run", "--rm", "--network", "none", ...hardened, ...variables, image, ...command], {
    reject: false,
    all: true,
  });
}

/** Asks the server by the program that stands in for curl in health checks, in its own container. */
function ask(release: string, path: string) {
  const listening =
    "until (: < /dev/tcp/127.0.0.1/8080) 2> /dev/null; do kill -0 %1 || break; sleep 0.1; done";
  const asked = `healthcheck http://127.0.0.1:8080${path}; code=$?`;
  const script = `node server.mjs & ${listening}; ${asked}; kill %1; wait %1; echo "server $?"; exit $code`;
  return run(release, [secret], "bash", "-c", script);
}

describe("the frame of the systems' images", () => {
  beforeAll(() => buildSystemImages(example, ["1.0.0", "1.1.0-never-healthy"]));

  it("names images without a repository after their system", () => {
    expect(systemPins(example, "1.0.0")).toEqual({ server: "example/server:1.0.0" });
  });

  it("makes programs that name every variable that is missing or wrong, and no secret", async () => {
    const { exitCode, all } = await run("1.0.0", ["SECRET_KEY=c2hvcnQ=", "PORT=http"]);
    expect(exitCode).toBe(1);
    expect(all).toContain("Stand-in for example/server. Not for production.");
    expect(all).toContain("PORT must be a whole number from 1 to 65535");
    expect(all).toContain("SECRET_KEY must be the base64 form of exactly 32 bytes");
    expect(all).not.toContain("c2hvcnQ=");
  });

  it("makes servers that answer in the release's name and end when they are told to", async () => {
    const { exitCode, all } = await ask("1.0.0", "/health");
    expect(all).toContain('{"status":"healthy","version":"1.0.0"}');
    expect(all).toContain("server 0");
    expect(exitCode).toBe(0);
  });

  it("makes releases that go wrong on purpose", async () => {
    const { exitCode, all } = await ask("1.1.0-never-healthy", "/health");
    expect(all).toContain("503");
    expect(exitCode).toBe(1);
  });
});
