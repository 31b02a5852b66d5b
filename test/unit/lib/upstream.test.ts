import { expect, it } from "vitest";
import { servesRequests, upstreamOf } from "../../../lib/upstream";

it("names a container twice: for requests, and within the network for WebSockets", () => {
  expect(upstreamOf("api-0-1a2b3c4", "shop-test-edge", 3000)).toEqual({
    requests: "api-0-1a2b3c4:3000",
    webSockets: "api-0-1a2b3c4.shop-test-edge:3000",
  });
});

it.each([
  ["api-0-1a2b3c4", "shop-test-edge", 3000],
  ["page", "shop-v1.2-edge", 80],
])("tells the two names of %s on %s apart", (container, network, port) => {
  const { requests, webSockets } = upstreamOf(container, network, port);
  expect(servesRequests(requests)).toBe(true);
  expect(servesRequests(webSockets)).toBe(false);
});

it.each(["unix//run/caddy/admin.sock", "127.0.0.1:2019", "api", "api:", "", "api:http"])(
  "does not take %j for a container that serves requests",
  (address) => {
    expect(servesRequests(address)).toBe(false);
  },
);
