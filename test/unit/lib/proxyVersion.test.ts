import { expect, it } from "vitest";
import { drains } from "../../../lib/proxyVersion";

const digest = `sha256:${"0".repeat(64)}`;

it.each([
  "caddy:2.11.3",
  "caddy:2.11.9",
  "caddy:2.11.9-alpine",
  "caddy:v2.12.0",
  "caddy:2.11",
  "caddy:3.0.0",
  "caddy:10.0",
  `caddy:2.11.9@${digest}`,
])("takes %s", (pin) => {
  expect(drains(pin)).toBe(true);
});

it.each([
  "caddy:2.11.2",
  "caddy:2.10.2",
  "caddy:2.10",
  "caddy:v2.9.1-alpine",
  "caddy:1.0.5",
  `caddy:2.11.0@${digest}`,
])("refuses %s", (pin) => {
  expect(drains(pin)).toBe(false);
});

it.each([`caddy@${digest}`, "registry.example.com/own/proxy:stable", "caddy:2", "caddy:2-alpine"])(
  "trusts %s, whose version can't be told",
  (pin) => {
    expect(drains(pin)).toBe(true);
  },
);
