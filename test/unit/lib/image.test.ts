import { describe, expect, it } from "vitest";
import {
  byDigest,
  byTag,
  isPinned,
  isRegistry,
  parseImage,
  releaseOf,
  resolveImage,
} from "../../../lib/image";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const none = { tag: undefined, digest: undefined };

describe("parseImage", () => {
  it.each([
    ["postgres", { registry: "docker.io", repository: "library/postgres", ...none }],
    [
      "postgres:17.10-bookworm",
      { registry: "docker.io", repository: "library/postgres", tag: "17.10-bookworm" },
    ],
    ["grafana/loki:3.7", { registry: "docker.io", repository: "grafana/loki", tag: "3.7" }],
    ["docker.io/postgres:17", { registry: "docker.io", repository: "library/postgres", tag: "17" }],
    ["ghcr.io/org/app:1.2.3", { registry: "ghcr.io", repository: "org/app", tag: "1.2.3" }],
    ["localhost/app:1", { registry: "localhost", repository: "app", tag: "1" }],
    ["localhost:5000/library/app:1", { registry: "localhost:5000", repository: "library/app", tag: "1" }],
    ["registry:5000/app", { registry: "registry:5000", repository: "app" }],
    ["ghcr.io/a/b/c:1", { registry: "ghcr.io", repository: "a/b/c", tag: "1" }],
    [`app@${digest}`, { registry: "docker.io", repository: "library/app", digest }],
    [`ghcr.io/org/app:1.2.3@${digest}`, { registry: "ghcr.io", repository: "org/app", tag: "1.2.3", digest }],
  ])("takes %s apart", (text, parts) => {
    expect(parseImage(text)).toEqual({ ...none, ...parts });
  });

  it.each([
    "",
    " ",
    ":1.2",
    "app:",
    "app:1 2",
    "App:1",
    "app:-1",
    `app:${"a".repeat(129)}`,
    "app@sha256:abc",
    `app@${digest}0`,
    `app@sha512:${"0".repeat(128)}`,
    "/app",
    "app/",
    "a//b",
    "https://ghcr.io/org/app:1",
    "ghcr.io/org/app:1\n",
    "ghcr.io/org/app:1;rm",
    "-app:1",
    "a..b/c:1",
    "localhost:500000/app:1",
  ])("refuses %j", (text) => {
    expect(parseImage(text)).toBeUndefined();
  });
});

describe("isPinned", () => {
  it.each(["app:1", "ghcr.io/org/app:2026-01-22", `app@${digest}`, `app:latest@${digest}`, "app:latest-1"])(
    "takes %s",
    (text) => {
      expect(isPinned(text)).toBe(true);
    },
  );

  it.each(["app", "app:latest", "localhost:5000/app", "localhost:5000/app:latest", "app:", "not an image"])(
    "refuses %s",
    (text) => {
      expect(isPinned(text)).toBe(false);
    },
  );
});

describe("isRegistry", () => {
  it.each([
    "registry.example.com",
    "localhost",
    "localhost:5000",
    "10.0.0.5:5000",
    "hub.example.com/cache/docker",
    "registry:5000",
  ])("takes %s", (text) => {
    expect(isRegistry(text)).toBe(true);
  });

  it.each([
    "",
    "https://registry.example.com",
    "registry.example.com/",
    "a b",
    "host:port",
    "host:123456",
    "-a.b",
  ])("refuses %j", (text) => {
    expect(isRegistry(text)).toBe(false);
  });

  it.each(["mirror", "mirror/cache"])("refuses %s, which Docker takes for a path on its hub", (text) => {
    expect(isRegistry(text)).toBe(false);
  });
});

describe("resolveImage", () => {
  it("leaves a pin as it was written without a registry or a mirror", () => {
    expect(resolveImage("postgres:17")).toBe("postgres:17");
    expect(resolveImage("postgres:17", { registry: undefined, mirror: undefined })).toBe("postgres:17");
  });

  it("takes another registry and keeps the path, the tag and the digest", () => {
    const registry = "hub.example.com/cache";
    expect(resolveImage("postgres:17", { registry })).toBe("hub.example.com/cache/library/postgres:17");
    expect(resolveImage("ghcr.io/org/app:1.2.3", { registry })).toBe("hub.example.com/cache/org/app:1.2.3");
    expect(resolveImage(`app@${digest}`, { registry })).toBe(`hub.example.com/cache/library/app@${digest}`);
    expect(resolveImage(`org/app:1@${digest}`, { registry })).toBe(
      `hub.example.com/cache/org/app:1@${digest}`,
    );
  });

  it("takes the mirror before the registry", () => {
    const source = { registry: "hub.example.com", mirror: "localhost:5000" };
    expect(resolveImage("postgres:17", source)).toBe("localhost:5000/library/postgres:17");
  });

  it("refuses what is no image, by its name", () => {
    expect(() => resolveImage("app:")).toThrow(/"app:" is not an image/);
    expect(() => resolveImage("", { mirror: "localhost:5000" })).toThrow(/"" is not an image/);
  });
});

describe("releaseOf", () => {
  it.each([
    ["ghcr.io/org/app:1.2.3", "1.2.3"],
    [`ghcr.io/org/app:1.2.3@${digest}`, "1.2.3"],
    [`app@${digest}`, "0123456789ab"],
    ["app", "unknown"],
    ["not an image", "unknown"],
  ])("of %s is %s", (pin, release) => {
    expect(releaseOf(pin)).toBe(release);
  });
});

describe("an image by one of its names alone", () => {
  it.each([
    ["caddy:2.11.9", "caddy:2.11.9", undefined],
    [`caddy@${digest}`, undefined, `caddy@${digest}`],
    [`caddy:2.11.9@${digest}`, "caddy:2.11.9", `caddy@${digest}`],
    [`localhost:5000/a/app:5000@${digest}`, "localhost:5000/a/app:5000", `localhost:5000/a/app@${digest}`],
    [`localhost:5000/a/app@${digest}`, undefined, `localhost:5000/a/app@${digest}`],
  ])("%s", (text, tagged, exact) => {
    expect([byTag(text), byDigest(text)]).toEqual([tagged, exact]);
  });
});
