import { expect, it } from "vitest";
import { origin } from "../../../lib/origin";

it.each([
  ["acme", 80, 443, "https://shop.example.com"],
  ["internal", 80, 443, "https://shop.example.com"],
  ["internal", 8080, 8443, "https://shop.example.com:8443"],
  ["acme", 443, 80, "https://shop.example.com:80"],
  ["off", 80, 443, "http://shop.example.com"],
  ["off", 8080, 443, "http://shop.example.com:8080"],
] as const)("with TLS %s on ports %i and %i is %s", (mode, http, https, address) => {
  expect(origin("shop.example.com", { tls: { mode }, ports: { http, https } })).toBe(address);
  // What a browser sends as its origin, to which the application compares.
  expect(new URL(address).origin).toBe(address);
});
