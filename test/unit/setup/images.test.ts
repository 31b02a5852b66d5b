import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { clubhouse } from "../../../apps/clubhouse";
import { isPinned } from "../../../lib/image";
import { sampleVersion } from "../../../setup/images";
import { pins } from "../../../setup/images/pins";
import { buildSample } from "../../../setup/images/sample";
import { standInStamp } from "../../../setup/images/standIn";
import { standIns } from "../../../setup/images/standIns";
import { repository } from "../../../setup/paths";
import { SetupError } from "../../../setup/step";

const sources = join(repository, "setup", "images", "stand-ins");
const source = (...path: string[]) => readFileSync(join(sources, ...path), "utf8");

describe("stand-ins", () => {
  it("exist for every image that the local stack pulls, under its exact pin", () => {
    const pulled = Object.values(clubhouse.images).flatMap((image) => image.default ?? []);
    const available = standIns.map((standIn) => standIn.image);
    expect(available).toEqual(expect.arrayContaining(pulled));
    expect(available).toContain(pins.node);
    expect(available.every(isPinned)).toBe(true);
  });

  it.each(standIns.map((standIn) => [standIn.folder, standIn] as const))(
    "%s is put together without network and says what it is",
    (folder) => {
      const dockerfile = source(folder, "Dockerfile");
      expect(dockerfile).not.toMatch(/apt-get|npm (ci|install)|wget http|curl/);
      expect(dockerfile).toContain("COPY stand-in /etc/stand-in");
      const entryPoint = /ENTRYPOINT \["(.+)"\]/.exec(dockerfile)?.[1] ?? "";
      const script = new RegExp(`COPY (\\S+) /usr/local/bin/${entryPoint}`).exec(dockerfile)?.[1] ?? "";
      expect(source(folder, script)).toMatch(/cat \/etc\/stand-in >&2/);
    },
  );

  it("build the Caddy of the pin", () => {
    const version = pins.caddy.split(":")[1];
    expect(source("caddy", "program", "go.mod")).toContain(`github.com/caddyserver/caddy/v2 v${version}`);
  });

  it("keep the ids and the stop signal that a data volume of the original relies on", () => {
    for (const folder of ["postgres", "redis"]) {
      expect(source(folder, "Dockerfile")).toMatch(/groupadd --system --gid 999/);
      expect(source(folder, "Dockerfile")).toMatch(/useradd --system --gid 999 --uid 999/);
    }
    expect(source("postgres", "Dockerfile")).toContain("STOPSIGNAL SIGINT");
  });

  it("are built anew when their definition changes, and only then", async () => {
    const [first] = standIns;
    if (first === undefined) throw new Error("no stand-ins");
    const stamp = await standInStamp(first);
    expect(await standInStamp({ ...first })).toBe(stamp);
    expect(await standInStamp({ ...first, contents: "something else" })).not.toBe(stamp);
  });
});

describe("the sample", () => {
  it("is built in the version that the local stack deploys", () => {
    const stack = parse(readFileSync(join(repository, "Pulumi.local.yaml"), "utf8"));
    expect(stack.config["slipway:images"]).toEqual({
      backend: `slipway/sample-backend:${sampleVersion}`,
      frontend: `slipway/sample-frontend:${sampleVersion}`,
    });
  });

  it.each(["", "latest", "1.0", "1.0.0;rm", "v1.0.0"])("refuses the version %j", async (version) => {
    await expect(buildSample(version)).rejects.toThrow(SetupError);
    await expect(buildSample(version)).rejects.toThrow(`"${version}": it must look like 1.1.0`);
  });

  it("has a Dockerfile for each image, with the base as an argument", () => {
    for (const [part, argument] of [
      ["backend", "NODE_IMAGE"],
      ["frontend", "CADDY_IMAGE"],
    ] as const) {
      const file = join(repository, "sample", part, "Dockerfile");
      expect(existsSync(file)).toBe(true);
      const pin = part === "backend" ? pins.node : pins.caddy;
      expect(readFileSync(file, "utf8")).toContain(`ARG ${argument}=${pin}\nFROM \${${argument}}`);
    }
  });
});
