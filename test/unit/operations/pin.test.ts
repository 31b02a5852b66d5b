import { catalog } from "../../../apps/catalog";
import "./mockedTools";
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { resetWorld, runOperation, stackFile, world } from "./fakeStack";

const printed = (stdout: string) => ({ stdout });
const failed = (stderr: string) => ({ failed: true, stderr });

const noBuildx = "docker: unknown command: docker buildx\n\nRun 'docker --help' for more information";

/** Every image has a digest of its own, made of its name. */
const digestOf = (reference: string) => `sha256:${createHash("sha256").update(reference).digest("hex")}`;

/** A client with buildx: it answers for all images but these. */
function buildx(...missing: readonly string[]): void {
  world.docker = (args) => {
    const reference = args[0] === "pull" ? (args[1] ?? "") : (args[3] ?? "");
    if (missing.includes(reference)) return failed(`#1 resolving\nERROR: ${reference}: not found`);
    return args[0] === "pull" ? failed("Cannot connect to the Docker daemon") : printed(digestOf(reference));
  };
}

const header = "# Kept.\nconfig:\n  slipway:app: clubhouse\n";
const settings = `  slipway:observability:
    profile: off
  slipway:backups:
    enabled: false # For now.
  slipway:machine:
    publicKeys:
      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTK+As4l7eM1RUOpEMRbYkeDL0EDcX2/xzvdXxdaHv3 ada@example.com
  slipway:secrets:
    alertSlackUrl:
      secure: AAABcanary==
  # What we build.
  slipway:images:
    backend: ghcr.io/org/backend:1.0.0 # Of Tuesday.
    frontend: "ghcr.io/org/frontend:1.0.0"
`;
const pinned = (reference: string) => `${reference}@${digestOf(reference)}`;
const defaults = ["postgres:17.10-bookworm", "redis:7.4.2-bookworm", "caddy:2.11.9"];

beforeEach(async () => {
  await resetWorld(settings);
  buildx();
});

const pin = (...options: readonly string[]) => runOperation("pin", "--stack", "production", ...options);

describe("writes digests", () => {
  it("behind the tags of all that runs, and changes nothing else in the file", async () => {
    const { said, code } = await pin("--yes");
    expect(code).toBeUndefined();
    expect(said).toContain("Pulumi.production.yaml, 5 of 5 pins:");
    expect(said).toContain(`  images.backend: ${pinned("ghcr.io/org/backend:1.0.0")}\n`);
    expect(said).toContain(`  images.proxy: ${pinned("caddy:2.11.9")} (a default until now)\n`);
    const [postgres, redis, proxy] = defaults.map(pinned);
    const withDigests = settings
      .replace("ghcr.io/org/backend:1.0.0", pinned("ghcr.io/org/backend:1.0.0"))
      .replace("ghcr.io/org/frontend:1.0.0", pinned("ghcr.io/org/frontend:1.0.0"));
    const added = `    postgres: ${postgres}\n    redis: ${redis}\n    proxy: ${proxy}\n`;
    expect(await stackFile()).toBe(header + withDigests + added);
  });

  it("as the registry has them that the stack pulls from", async () => {
    await resetFile(`${settings}  slipway:registries:\n    proxy: hub.example.com/cache\n`);
    await pin("--yes");
    const asked = "docker buildx imagetools inspect hub.example.com/cache/library/caddy:2.11.9";
    expect(world.commandLines).toContain(`${asked} --format {{.Manifest.Digest}}`);
    const digest = digestOf("hub.example.com/cache/library/caddy:2.11.9");
    expect(await stackFile()).toContain(`    proxy: caddy:2.11.9@${digest}\n`);
    await resetFile(`${settings}  slipway:imageMirror: localhost:5000\n`);
    await pin("--yes");
    expect(await stackFile()).toContain(
      `backend: ghcr.io/org/backend:1.0.0@${digestOf("localhost:5000/org/backend:1.0.0")}`,
    );
  });

  it("and asks once for an image that two parts run", async () => {
    await resetFile(
      settings.replace("profile: off", "profile: full").replace("enabled: false", "enabled: true"),
    );
    await pin("--yes");
    expect(await stackFile()).toMatch(/ {4}node: node:\S+@sha256:[^[]* {4}guardian: node:\S+@sha256:/);
    expect(world.commandLines.filter((command) => command.includes(" node:"))).toHaveLength(1);
  });

  it("that the engine says while it pulls, where the client has no buildx", async () => {
    world.docker = ([command, reference = ""]) => {
      if (command !== "pull") return failed(noBuildx);
      return printed(`1.0.0: Pulling from x\nDigest: ${digestOf(reference)}\nStatus: Image is up to date`);
    };
    expect((await pin("--yes")).code).toBeUndefined();
    expect(await stackFile()).toContain(`    proxy: ${pinned("caddy:2.11.9")}\n`);
  });

  it("once: a second run has nothing to do", async () => {
    await pin("--yes");
    const written = await stackFile();
    const { said, code } = await pin();
    expect(said).toContain("All pins of stack production have digests; nothing was changed");
    expect(code).toBeUndefined();
    expect(await stackFile()).toBe(written);
  });

  it("and leaves one that is there, with a warning where its tag has moved", async () => {
    const old = `caddy:2.11.9@${digestOf("old")}`;
    await resetFile(`${settings}    proxy: ${old}\n`);
    const { said } = await pin("--yes");
    expect(said).toContain(`warning: images.proxy: ${old}: its tag is now ${digestOf("caddy:2.11.9")}.`);
    expect(said).toContain("Pulumi.production.yaml, 4 of 5 pins:");
    expect(await stackFile()).toContain(`    proxy: ${old}\n`);
  });
});

describe("changes nothing", () => {
  const unchanged = async (started: ReturnType<typeof pin>) => {
    const result = await started;
    expect(await stackFile()).toBe(header + settings);
    return result;
  };

  it("with --dry-run, and shows what would change", async () => {
    const { said, code } = await unchanged(pin("--dry-run"));
    expect(said).toContain(`  images.backend: ${pinned("ghcr.io/org/backend:1.0.0")}`);
    expect(code).toBeUndefined();
  });

  it("without a yes", async () => {
    const { said, code } = await unchanged(pin());
    expect(said).toContain("error: Write this? There is no terminal to ask on: say --yes.");
    expect(code).toBe(1);
  });

  it("when an image can't be found, and names all of these", async () => {
    buildx("ghcr.io/org/frontend:1.0.0", "caddy:2.11.9");
    const { said, code } = await unchanged(pin("--yes"));
    expect(said).toContain(
      "error: 2 of 5 images can't be found, and nothing was changed:\n" +
        "  images.frontend: ghcr.io/org/frontend:1.0.0: ERROR: ghcr.io/org/frontend:1.0.0: not found\n" +
        "  images.proxy: caddy:2.11.9: ERROR: caddy:2.11.9: not found\n" +
        "Mend the pin in Pulumi.production.yaml, or the log-in",
    );
    expect(code).toBe(1);
  });

  it("and tells what the engine says, where the client has no buildx", async () => {
    world.docker = ([command]) =>
      failed(command === "pull" ? "Error response from daemon: no such host" : noBuildx);
    const { said } = await unchanged(pin("--yes"));
    expect(said).toContain("  images.proxy: caddy:2.11.9: Error response from daemon: no such host\n");
  });

  it("when docker names something else than a digest", async () => {
    world.docker = () => printed("<no value>");
    const { said } = await unchanged(pin("--yes"));
    expect(said).toContain("  images.proxy: caddy:2.11.9: docker named no digest\n");
  });
});

describe("refuses", () => {
  it("a pin that is none, before it asks", async () => {
    await resetFile(`${settings}    proxy: caddy:latest\n`);
    const { said, code } = await pin("--yes");
    expect(said).toContain('slipway:images.proxy is "caddy:latest": it must be an image with a fixed tag');
    expect([code, world.commandLines]).toEqual([1, []]);
  });

  it("a stack without a file, a system that there is none of, and no stack", async () => {
    expect((await runOperation("pin", "--stack", "live")).said).toBe(
      "error: there is no Pulumi.live.yaml: --stack is the name of a stack that has a file",
    );
    await resetFile();
    const { writeFile } = await import("node:fs/promises");
    await writeFile(`${world.folder}/Pulumi.production.yaml`, "config:\n  slipway:app: constructor\n");
    expect((await pin()).said).toBe(
      `error: slipway:app in Pulumi.production.yaml is "constructor": it must be one of ${Object.keys(catalog).join(", ")}`,
    );
    expect((await runOperation("pin")).said).toBe(
      "error: --stack is missing\nusage: npm run pin -- --stack S [--dry-run] [--yes]",
    );
  });
});

async function resetFile(text = ""): Promise<void> {
  const { docker } = world;
  await resetWorld(text);
  world.docker = docker;
}
