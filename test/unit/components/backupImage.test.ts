import { join } from "node:path";
import { expect, it } from "vitest";
import { BackupImage } from "../../../components/backup/backupImage";
import { Images, type ImagesArgs } from "../../../components/images";
import { builtImage } from "../../../lib/builtImage";
import { pins, types } from "../fixtures";
import { holdAt } from "../holding";
import { record, revealed, urn } from "../mocks";
import { backupPins } from "../shopConfig";

const type = "slipway:backup:BackupImage";
const all = { ...pins, ...backupPins };
const folder = join(__dirname, "../../../images/backup");

function create(change: Partial<ImagesArgs> = {}): BackupImage {
  const images = new Images("images", { pins: all, registries: {}, mirror: undefined, ...change });
  return new BackupImage("image", { images, base: "postgres" });
}

async function built(change: Partial<ImagesArgs> = {}) {
  return (await record(() => create(change))).get("image-build").inputs;
}

it("is built on the host of the images that are there, without a network", async () => {
  const recording = await record(() => create());
  const name = builtImage("backup", folder, [pins.postgres, backupPins.restic, backupPins.node]);
  expect(recording.get("image-build")).toEqual({
    type: types.image,
    name: "image-build",
    urn: urn(types.image, "image-build", type),
    parent: urn(type, "image"),
    custom: true,
    inputs: {
      name,
      build: {
        context: "images/backup",
        buildArgs: {
          POSTGRES: "postgres:17.10-bookworm",
          RESTIC: "restic/restic:0.18.1",
          NODE: "node:20.20.2-bookworm-slim",
        },
        networkMode: "none",
      },
      keepLocally: true,
    },
    options: {},
    dependencies: expect.arrayContaining(["images-node", "images-postgres", "images-restic"]),
    outputs: undefined,
  });
  expect(await revealed(recording.made.reference)).toBe(name);
  expect(recording.get("image").outputs).toEqual({ reference: name });
});

it("has another name with another pin of any of its parts, and of no other image", async () => {
  const { name } = await built();
  for (const [image, pin] of [
    ["postgres", "postgres:17.11-bookworm"],
    ["postgres", "postgis/postgis:17.10-bookworm"],
    ["restic", "restic/restic:0.18.2"],
    ["node", "node:22.1.0-bookworm-slim"],
  ] as const) {
    expect((await built({ pins: { ...all, [image]: pin } })).name, pin).not.toBe(name);
  }
  expect((await built({ pins: { ...all, api: "shop/api:2.0.0" } })).name).toBe(name);
});

it("is built of what the mirror has, under the same name", async () => {
  const mirrored = await built({ mirror: "localhost:5000" });
  expect(mirrored.name).toBe((await built()).name);
  expect(mirrored.build).toMatchObject({
    buildArgs: {
      POSTGRES: "localhost:5000/library/postgres:17.10-bookworm",
      RESTIC: "localhost:5000/restic/restic:0.18.1",
      NODE: "localhost:5000/library/node:20.20.2-bookworm-slim",
    },
  });
});

it("is built when its parts are there", async () => {
  const { reached } = await holdAt("images-restic", () => create());
  expect(reached).not.toContain("image-build");
});

it("refuses a base that the system doesn't have", async () => {
  const { postgres: _, ...others } = all;
  await expect(built({ pins: others })).rejects.toThrow(RangeError);
});
