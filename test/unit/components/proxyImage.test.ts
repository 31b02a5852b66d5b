import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ProxyImage } from "../../../components/edge/proxyImage";
import { Images, type ImagesArgs } from "../../../components/images";
import { builtImage } from "../../../lib/builtImage";
import { imageSpecs } from "../../../lib/imageSpecs";
import { proxyBuilder } from "../../../lib/proxyImages";
import { shop, types } from "../fixtures";
import { holdAt } from "../holding";
import { record, revealed, urn } from "../mocks";

const type = "slipway:edge:ProxyImage";
const folder = join(__dirname, "../../../images/proxy");
const all = { proxy: "caddy:2.11.9", proxyBuilder: "caddy:2.11.9-builder", page: "nginx:1.29.4" };

function create(change: Partial<ImagesArgs> = {}): ProxyImage {
  const images = new Images("images", { pins: all, registries: {}, mirror: undefined, ...change });
  return new ProxyImage("image", { images, base: "proxy" });
}

async function built(change: Partial<ImagesArgs> = {}) {
  return (await record(() => create(change))).get("image-build").inputs;
}

it("is built on the host after the proxy's own image, of whose release it is", async () => {
  const recording = await record(() => create());
  const name = builtImage("proxy", folder, [all.proxy, all.proxyBuilder]);
  expect(recording.get("image-build")).toEqual({
    type: types.image,
    name: "image-build",
    urn: urn(types.image, "image-build", type),
    parent: urn(type, "image"),
    custom: true,
    inputs: {
      name,
      build: { context: "images/proxy", buildArgs: { PROXY: all.proxy, BUILDER: all.proxyBuilder } },
      keepLocally: true,
    },
    options: {},
    dependencies: expect.arrayContaining(["images-proxy", "images-proxyBuilder"]),
    outputs: undefined,
  });
  expect(await revealed(recording.made.image.name)).toBe(name);
  expect(recording.made.image.release).toBe("2.11.9");
  expect(recording.get("image").outputs).toEqual({ reference: name });
});

it("has another name with another pin of what it is built of, and of no other image", async () => {
  const { name } = await built();
  for (const [image, pin] of [
    ["proxy", "caddy:2.11.10"],
    ["proxyBuilder", "caddy:2.11.10-builder"],
  ] as const) {
    expect((await built({ pins: { ...all, [image]: pin } })).name, pin).not.toBe(name);
  }
  expect((await built({ pins: { ...all, page: "nginx:1.29.5" } })).name).toBe(name);
});

it("is built of what the mirror has, under the same name", async () => {
  const mirrored = await built({ mirror: "localhost:5000" });
  expect(mirrored.name).toBe((await built()).name);
  expect(mirrored.build).toMatchObject({
    buildArgs: {
      PROXY: "localhost:5000/library/caddy:2.11.9",
      BUILDER: "localhost:5000/library/caddy:2.11.9-builder",
    },
  });
});

it("is built when its parts are there", async () => {
  const { reached } = await holdAt("images-proxyBuilder", () => create());
  expect(reached).not.toContain("image-build");
});

it("needs its builder where a route has a rate limit, and nowhere else", () => {
  expect(imageSpecs(shop)).not.toHaveProperty("proxyBuilder");
  const [first, ...others] = shop.routes;
  const limited = { ...first, rateLimit: { requests: 100, window: 60 } } as (typeof shop.routes)[number];
  expect(imageSpecs({ ...shop, routes: [limited, ...others] })).toMatchObject({ proxyBuilder });
  const own = { proxyBuilder: { description: "ours", default: "ours:1" } };
  expect(imageSpecs({ ...shop, images: own, routes: [limited] })).toMatchObject(own);
});

it("has the module in the version that its stand-in has", () => {
  const [, module, version] =
    /--with (\S+)@(\S+)/.exec(readFileSync(join(folder, "Dockerfile"), "utf8")) ?? [];
  const program = "../../../setup/images/stand-ins/caddy-builder/program/go.mod";
  expect(readFileSync(join(__dirname, program), "utf8")).toContain(`\t${module} ${version}\n`);
});
