import { expect, it } from "vitest";
import { Images, type ImagesArgs } from "../../../components/images";
import { types } from "../fixtures";
import { holdAt } from "../holding";
import { record, revealed, urn } from "../mocks";

const type = "slipway:components:Images";
const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

function images(change: Partial<ImagesArgs> = {}) {
  const pins = { proxy: "caddy:2.11.9", api: "registry.example.com/shop/api:1.2.0" };
  return record(() => new Images("images", { pins, registries: {}, mirror: undefined, ...change }));
}

it("pulls each image once and keeps it", async () => {
  const recording = await images();
  expect(recording.list).toEqual([
    `${types.image} images-api`,
    `${types.image} images-proxy`,
    `${type} images`,
  ]);
  for (const [name, pin] of [
    ["images-api", "registry.example.com/shop/api:1.2.0"],
    ["images-proxy", "caddy:2.11.9"],
  ] as const) {
    expect(recording.get(name)).toEqual({
      type: types.image,
      name,
      urn: urn(types.image, name, type),
      parent: urn(type, "images"),
      custom: true,
      inputs: { name: pin, keepLocally: true },
      options: {},
      dependencies: [],
      outputs: undefined,
    });
  }
});

it("pulls from the registry of one image, and from the mirror before that", async () => {
  const registries = { proxy: "hub.example.com/cache" };
  const fromRegistry = await images({ registries });
  expect(fromRegistry.get("images-proxy").inputs.name).toBe("hub.example.com/cache/library/caddy:2.11.9");
  expect(fromRegistry.get("images-api").inputs.name).toBe("registry.example.com/shop/api:1.2.0");
  const fromMirror = await images({ registries, mirror: "localhost:5000" });
  expect(fromMirror.get("images-proxy").inputs.name).toBe("localhost:5000/library/caddy:2.11.9");
  expect(fromMirror.get("images-api").inputs.name).toBe("localhost:5000/shop/api:1.2.0");
});

it("knows a name when every image is there, not just its own", async () => {
  const { reached, recording } = await holdAt("images-api", (note) => {
    const pins = { proxy: "caddy:2.11.9", api: "api:1.2.0" };
    const made = new Images("images", { pins, registries: {}, mirror: undefined });
    made.get("proxy").name.apply(() => note("name of proxy"));
    return made;
  });
  expect(reached).toEqual(["images", "images-api", "images-proxy"]);
  expect(await revealed(recording.made.get("proxy").name)).toBe("caddy:2.11.9");
});

it("says which release each image is of", async () => {
  const pins = { api: "shop/api:1.2.0", postgres: `postgres@${digest}`, proxy: `caddy:2.11.9@${digest}` };
  const { made, get } = await images({ pins }).then((recording) => ({
    made: recording.made,
    get: (name: string) => recording.get(name),
  }));
  expect(made.get("api").release).toBe("1.2.0");
  expect(made.get("postgres").release).toBe("0123456789ab");
  expect(made.get("proxy").release).toBe("2.11.9");
  expect(made.release).toBe("api 1.2.0, postgres 0123456789ab, proxy 2.11.9");
  expect(get("images").outputs).toEqual({ pins });
});

it("has the same release line whatever the order of the pins", async () => {
  const pins = { proxy: "caddy:2.11.9", api: "shop/api:1.2.0" };
  const reversed = { api: "shop/api:1.2.0", proxy: "caddy:2.11.9" };
  const [one, other] = [await images({ pins }), await images({ pins: reversed })];
  expect(one.made.release).toBe(other.made.release);
});

it("refuses an image that the system doesn't have", async () => {
  const { made } = await images();
  expect(() => made.get("worker")).toThrow(new RangeError('image "worker" is not one of api, proxy'));
});

it("refuses a pin that is no image", async () => {
  await expect(images({ pins: { api: "shop/api:" } })).rejects.toThrow(/"shop\/api:" is not an image/);
});
