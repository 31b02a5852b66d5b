import { expect, it } from "vitest";
import { requestAddress, servesRequests } from "../../../lib/upstream";

it.each([
  ["api-0-1a2b3c4", 3000],
  ["page", 80],
])("takes an address of %s, port %i, for one that serves requests", (container, port) => {
  const address = requestAddress({ slot: "any", container, network: "shop-v1.2-edge", port });
  expect(address).toBe(`${container}:${port}`);
  expect(servesRequests(address)).toBe(true);
});

it.each([
  "api-0-1a2b3c4.shop-test-edge:3000",
  "unix//run/caddy/admin.sock",
  "127.0.0.1:2019",
  "api",
  "api:",
  "",
  "api:http",
])("does not take %j for one", (address) => {
  expect(servesRequests(address)).toBe(false);
});
