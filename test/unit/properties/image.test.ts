import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isPinned, isRegistry, parseImage, releaseOf, resolveImage } from "../../../lib/image";
import { image, nasty, registry } from "./arbitraries";

const word = fc.stringMatching(/^[a-z0-9-]{1,8}(\/[a-z]{1,4})?$/);
const anyText = fc.oneof(nasty, fc.string(), fc.stringMatching(/^[a-z0-9./:@_-]{0,30}$/));

describe("an image", () => {
  it("is taken apart into what it was made of", () => {
    fc.assert(
      fc.property(image, ({ text, registry: host, path, tag, digest }) => {
        const hub = host === undefined;
        expect(parseImage(text)).toEqual({
          registry: host ?? "docker.io",
          repository: hub && !path.includes("/") ? `library/${path}` : path,
          tag,
          digest,
        });
      }),
    );
  });

  it("is pinned by a tag or a digest, and by nothing else", () => {
    fc.assert(
      fc.property(image, ({ text, tag, digest }) => {
        expect(isPinned(text)).toBe(tag !== undefined || digest !== undefined);
      }),
    );
  });

  it("stays itself without another registry", () => {
    fc.assert(
      fc.property(image, ({ text }) => {
        expect(resolveImage(text)).toBe(text);
      }),
    );
  });

  it("on another registry has that host, and the same path, tag and digest", () => {
    fc.assert(
      fc.property(image, registry, ({ text }, other) => {
        const before = parseImage(text);
        const after = parseImage(resolveImage(text, { registry: other }));
        const [host, ...path] = other.split("/");
        expect(after).toEqual({
          ...before,
          registry: host,
          repository: [...path, before?.repository].join("/"),
        });
      }),
    );
  });

  it("from a mirror doesn't depend on the registry, and comes from it alone", () => {
    fc.assert(
      fc.property(image, registry, registry, ({ text }, mirror, other) => {
        const mirrored = resolveImage(text, { registry: other, mirror });
        expect(mirrored).toBe(resolveImage(text, { mirror }));
        expect(mirrored.startsWith(`${mirror}/`)).toBe(true);
      }),
    );
  });

  it("is of the release that its tag says, or else its digest", () => {
    fc.assert(
      fc.property(image, ({ text, tag, digest }) => {
        expect(releaseOf(text)).toBe(tag ?? digest?.slice(7, 19) ?? "unknown");
      }),
    );
  });
});

describe("a registry", () => {
  it("of any good form is taken", () => {
    fc.assert(
      fc.property(registry, (text) => {
        expect(isRegistry(text)).toBe(true);
      }),
    );
  });

  it("that is taken is one for Docker too: what is resolved on it is pulled from its host", () => {
    fc.assert(
      fc.property(fc.oneof(registry, word), (text) => {
        fc.pre(isRegistry(text));
        const resolved = parseImage(resolveImage("postgres:17", { registry: text }));
        expect(resolved?.registry).toBe(text.split("/")[0]);
        expect(resolved?.tag).toBe("17");
      }),
    );
  });
});

describe("any text", () => {
  it("is an image or none, and never makes more trouble than that", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseImage(text);
        if (isPinned(text)) expect(parsed).toBeDefined();
        expect(releaseOf(text)).not.toBe("");
        if (parsed === undefined) expect(() => resolveImage(text)).toThrow(`"${text}" is not`);
        else expect(resolveImage(text)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it("that is an image has nothing in it that a shell or a space would split", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (parseImage(text) !== undefined) expect(text).toMatch(/^[A-Za-z0-9./:@_-]+$/);
        if (isRegistry(text)) expect(text).toMatch(/^[A-Za-z0-9./:_-]+$/);
      }),
      { numRuns: 1000 },
    );
  });
});
