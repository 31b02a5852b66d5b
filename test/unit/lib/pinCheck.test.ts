import { describe, expect, it } from "vitest";
import { checkPin, type RegistryAnswer } from "../../../lib/pinCheck";

const one = `sha256:${"1".repeat(64)}`;
const two = `sha256:${"2".repeat(64)}`;

/** What comes of a pin on a registry that has these images, and what it was asked. */
async function checked(pin: string, registry: Readonly<Record<string, string>>, reference = pin) {
  const asked: string[] = [];
  const ask = async (name: string): Promise<RegistryAnswer> => {
    asked.push(name);
    const digest = registry[name];
    return digest === undefined ? { reason: "manifest unknown" } : { digest };
  };
  return { verdict: await checkPin(pin, reference, ask), asked };
}

describe("a pin without a digest", () => {
  it("gets the one that its tag has", async () => {
    expect(await checked("caddy:2.11.9", { "caddy:2.11.9": one })).toEqual({
      verdict: { kind: "new", pin: `caddy:2.11.9@${one}` },
      asked: ["caddy:2.11.9"],
    });
  });

  it("gets the one of the registry that it comes from, and keeps its name", async () => {
    const mirrored = "mirror:5000/library/caddy:2.11.9";
    expect(await checked("caddy:2.11.9", { [mirrored]: one }, mirrored)).toEqual({
      verdict: { kind: "new", pin: `caddy:2.11.9@${one}` },
      asked: [mirrored],
    });
  });

  it("is missing where the registry hasn't got it", async () => {
    expect((await checked("caddy:2", {})).verdict).toEqual({
      kind: "missing",
      reference: "caddy:2",
      reason: "manifest unknown",
    });
  });
});

describe("a pin with a digest", () => {
  const pin = `host:5000/a/app:1.2@${one}`;
  const tagged = "host:5000/a/app:1.2";
  const exact = `host:5000/a/app@${one}`;

  it("is kept where the tag has it", async () => {
    expect(await checked(pin, { [tagged]: one })).toEqual({ verdict: { kind: "kept" }, asked: [tagged] });
  });

  it("is kept without a tag, if it is there", async () => {
    expect(await checked(exact, { [exact]: one })).toEqual({ verdict: { kind: "kept" }, asked: [exact] });
    expect((await checked(exact, {})).verdict).toMatchObject({ kind: "missing", reference: exact });
  });

  it("is kept with a warning where the tag has another one", async () => {
    const { verdict, asked } = await checked(pin, { [tagged]: two, [exact]: one });
    expect(verdict).toEqual({
      kind: "kept",
      warning:
        `${pin}: its tag is now ${two}. It has moved, or the digest is that of one processor's image. ` +
        "To take what the tag is now, take the digest out of the pin and run this again",
    });
    expect(asked).toEqual([tagged, exact]);
  });

  it("is kept with a warning where the tag is gone", async () => {
    expect((await checked(pin, { [exact]: one })).verdict).toEqual({
      kind: "kept",
      warning: `${pin} is there, its tag isn't any more: manifest unknown`,
    });
  });

  it("is missing where the registry has only another one of that tag", async () => {
    expect((await checked(pin, { [tagged]: two })).verdict).toEqual({
      kind: "missing",
      reference: exact,
      reason: "manifest unknown",
    });
  });
});
