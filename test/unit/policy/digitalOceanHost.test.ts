import { expect, it } from "vitest";
import { droplet } from "../components/host/droplet";
import { changed, judgedOf, violations } from "./verdict";

it("a Droplet with all that belongs to it keeps to every rule", async () => {
  const resources = judgedOf(await droplet({ bucket: "shop-backups" }));
  expect(resources.map(({ type }) => type)).toEqual(
    expect.arrayContaining([
      "digitalocean:index/droplet:Droplet",
      "digitalocean:index/firewall:Firewall",
      "digitalocean:index/spacesBucket:SpacesBucket",
      "digitalocean:index/volume:Volume",
    ]),
  );
  expect(violations(resources)).toEqual([]);
});

it("a Droplet without its firewall doesn't, nor one with an opening more", async () => {
  const resources = judgedOf(await droplet());
  const bare = resources.filter(({ type }) => type !== "digitalocean:index/firewall:Firewall");
  expect(violations(bare)).toMatchObject([{ policy: "firewall-present", resource: "host-machine" }]);
  const inboundRules = [{ protocol: "tcp", portRange: "2375", sourceAddresses: ["0.0.0.0/0"] }];
  expect(violations(changed(resources, "host-network-firewall", { inboundRules }))).toMatchObject([
    { policy: "firewall-closed", resource: "host-network-firewall" },
  ]);
});

it("a Droplet that serves on ports of its own doesn't", async () => {
  const resources = judgedOf(await droplet({}, { ports: { http: 8080, https: 443 } }));
  expect(violations(resources).map(({ message }) => message.split(".")[0])).toEqual([
    "tcp 8080 is open to 0",
    "tcp 8080 is open to ::/0",
  ]);
});
