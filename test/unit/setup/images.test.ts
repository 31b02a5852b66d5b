import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { catalog } from "../../../apps/catalog";
import { clubhouse } from "../../../apps/clubhouse";
import { egressImages } from "../../../lib/egress";
import { isPinned } from "../../../lib/image";
import { imageSpecs } from "../../../lib/imageSpecs";
import { observabilityImages } from "../../../lib/observability/parts";
import { sampleVersion } from "../../../setup/images";
import { pins } from "../../../setup/images/pins";
import { buildSample } from "../../../setup/images/sample";
import { standInStamp } from "../../../setup/images/standIn";
import { standIns } from "../../../setup/images/standIns";
import {
  objectStoreStandIn,
  postgisStandIn,
  storeStandIn,
  testStandIns,
} from "../../../setup/images/testStandIns";
import { repository } from "../../../setup/paths";
import { SetupError } from "../../../setup/step";

const sources = join(repository, "setup", "images", "stand-ins");
const source = (...path: string[]) => readFileSync(join(sources, ...path), "utf8");

/** Services that may reach one host only. */
const confined = Object.fromEntries(
  Object.entries(clubhouse.services).map(([name, service]) => [
    name,
    { ...service, egress: ["example.com"] },
  ]),
);

describe("stand-ins", () => {
  it("exist for every image that the local stack pulls, under its exact pin", () => {
    const images = imageSpecs(clubhouse);
    const pulled = Object.values(images).flatMap((image) => image.default ?? []);
    const available = standIns.map((standIn) => standIn.image);
    expect(available).toEqual(expect.arrayContaining(pulled));
    expect(available).toContain(pins.node);
    expect(available.every(isPinned)).toBe(true);
  });

  it("exist for what the tests need besides, under the pins", () => {
    const specs = [
      observabilityImages.uptimeKuma,
      ...Object.values(egressImages({ services: confined })),
      ...Object.values(catalog).flatMap(({ images }) => Object.values(images)),
    ];
    // What has a repository is a system's own, and the test of the system has it.
    const pulled = specs.flatMap((image) => (image.repository === undefined ? (image.default ?? []) : []));
    const available = [...standIns, ...testStandIns].map((standIn) => standIn.image);
    expect(available).toEqual(expect.arrayContaining(pulled));
    expect(new Set(available).size).toBe(available.length);
    expect(available.every(isPinned)).toBe(true);
  });

  it.each([...standIns, ...testStandIns].map((standIn) => [standIn.image, standIn] as const))(
    "that for %s is put together without network and says what it is",
    (_, { folder, goPrograms, on }) => {
      const dockerfile = source(folder, "Dockerfile");
      expect(dockerfile).not.toMatch(/apt-get|npm (ci|install)|wget http|curl/);
      expect(dockerfile).toMatch(/^COPY stand-in (\/files)?\/etc\/stand-in$/m);
      // The one that it is built on says it.
      if (on !== undefined) return expect(dockerfile).not.toContain("ENTRYPOINT");
      const started = /ENTRYPOINT \["(.+)"\]/.exec(dockerfile) ?? /COPY \S+\.sh (\S+)$/m.exec(dockerfile);
      const entryPoint = basename(started?.[1] ?? "");
      const script = new RegExp(`COPY (\\S+) (?:/\\S*)?/${entryPoint}$`, "m").exec(dockerfile)?.[1] ?? "";
      if (goPrograms?.[script] === undefined) {
        expect(source(folder, script)).toMatch(/cat \/etc\/stand-in >&2/);
      } else {
        const programs = Object.values(goPrograms).map((program) => source(program.folder, "main.go"));
        expect(programs.filter((text) => text.includes('os.ReadFile("/etc/stand-in")'))).toHaveLength(1);
      }
    },
  );

  it("build the Caddy of the pin", () => {
    const version = pins.caddy.split(":")[1];
    expect(source("caddy", "program", "go.mod")).toContain(`github.com/caddyserver/caddy/v2 v${version}`);
  });

  it("build the Alertmanager of the pin", () => {
    const version = pins.alertmanager.split(":")[1];
    const module = `github.com/prometheus/alertmanager ${version}`;
    expect(source("alertmanager", "program", "go.mod")).toContain(module);
  });

  it("build the restic of the pin", () => {
    const version = pins.restic.split(":")[1];
    expect(source("restic", "program", "go.mod")).toContain(`github.com/restic/restic v${version}\n`);
  });

  it("have a store for the tests alone, built of its pin", () => {
    expect(standIns).not.toContain(storeStandIn);
    expect(isPinned(storeStandIn.image)).toBe(true);
    const version = storeStandIn.image.split(":")[1];
    const module = `github.com/versity/versitygw ${version}\n`;
    expect(source("versitygw", "program", "go.mod")).toContain(module);
  });

  it("tell of which time their MinIO is", () => {
    const time = /MinIO of (\S+)/.exec(objectStoreStandIn.contents)?.[1]?.replace(/[-:TZ]/g, "");
    const module = new RegExp(`github.com/minio/minio v0\\.0\\.0-${time}-[0-9a-f]{12}\n`);
    expect(source("minio", "program", "go.mod")).toMatch(module);
  });

  it("build a Loki of the pin's minor version", () => {
    const minor = /:(\d+\.\d+)\./.exec(pins.loki)?.[1];
    expect(source("loki", "program", "go.mod")).toContain(`github.com/grafana/loki/v3 v${minor}.`);
  });

  it.each([
    [
      "prometheus",
      "USER nobody",
      "chown -R nobody:nogroup /etc/prometheus /prometheus",
      "VOLUME /prometheus",
    ],
    [
      "alertmanager",
      "USER nobody",
      "chown -R nobody:nogroup /etc/alertmanager /alertmanager",
      "VOLUME /alertmanager",
    ],
    ["loki", "USER 10001", "chown -R loki:loki /etc/loki /loki"],
    ["tempo", "USER 10001:10001", "install --directory --owner tempo --group tempo /var/tempo"],
    ["grafana", "USER 472", "useradd --system --gid 0 --uid 472 grafana"],
  ])("keep the user of %s, whose fresh data volume takes over the image's folder", (folder, ...lines) => {
    for (const line of lines) expect(source(folder, "Dockerfile")).toContain(line);
  });

  it("have busybox where the original has it, and no shell where the original has none", () => {
    const without = standIns.filter((standIn) =>
      /^FROM scratch$/m.test(source(standIn.folder, "Dockerfile")),
    );
    expect(without.map((standIn) => standIn.image)).toEqual([pins.collector]);
    const { postgres, redis, node, collector, ...others } = pins;
    for (const image of Object.values(others)) {
      const standIn = standIns.find((other) => other.image === image);
      expect(standIn?.debianPackages?.root, image).toContain("busybox-static");
      expect(source(standIn?.folder ?? "", "Dockerfile")).toContain("ln -s busybox /usr/bin/wget");
    }
  });

  it("have a stamp that follows a program of another's folder", async () => {
    const [first] = standIns;
    if (first === undefined) throw new Error("no stand-ins");
    const stamps = ["tempo/program", "grafana/program"].map((folder) =>
      standInStamp({ ...first, goPrograms: { same: { folder } } }),
    );
    expect(new Set(await Promise.all(stamps)).size).toBe(2);
  });

  it("have a stamp that follows what they are built on", async () => {
    const { on } = postgisStandIn;
    if (on === undefined) throw new Error("it is built on nothing");
    const changed = { ...postgisStandIn, on: { ...on, folder: "redis" } };
    expect(await standInStamp(changed)).not.toBe(await standInStamp(postgisStandIn));
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
