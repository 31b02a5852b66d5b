import { expect, it } from "vitest";
import { withSlots } from "../../../lib/liveUpstreams";

const folder = "/etc/caddy/Caddyfile.upstreams";

const release = (api: string, page: string) =>
  `\treverse_proxy @webSocket0 ${api}.shop-edge:80 {\n\treverse_proxy ${api}:80 {\n\treverse_proxy ${page}:8080 {\n`;

it("gives the same Caddyfile for the same containers of another release", () => {
  const first = withSlots(release("api-0-1a2b3c4", "page-0-0000000"), [
    "api-0-1a2b3c4:80",
    "page-0-0000000:8080",
  ]);
  const second = withSlots(release("api-0-fffffff", "page-0-1111111"), [
    "api-0-fffffff:80",
    "page-0-1111111:8080",
  ]);
  expect(second.caddyfile).toBe(first.caddyfile);
  expect(first.caddyfile).toBe(release(`{file.${folder}/api-0}`, `{file.${folder}/page-0}`));
  expect(second.containers).toEqual({ "api-0": "api-0-fffffff", "page-0": "page-0-1111111" });
});

it("replaces whole names only", () => {
  const text =
    "handle /api-0-1a2b3c4 {\n\treverse_proxy api-0-1a2b3c4x:80 x-api-0-1a2b3c4:80 api-0-1a2b3c4:80 {\n";
  expect(withSlots(text, ["api-0-1a2b3c4:80"]).caddyfile).toBe(
    `handle /api-0-1a2b3c4 {\n\treverse_proxy api-0-1a2b3c4x:80 x-api-0-1a2b3c4:80 {file.${folder}/api-0}:80 {\n`,
  );
});

it("takes a name without a generation as it is", () => {
  expect(withSlots("\treverse_proxy api:80 {\n", ["api:80"])).toEqual({
    caddyfile: `\treverse_proxy {file.${folder}/api}:80 {\n`,
    containers: { api: "api" },
  });
});
