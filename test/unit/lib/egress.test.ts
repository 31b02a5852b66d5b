import { expect, it } from "vitest";
import { egressImages, gatewayName, servicesWithEgress } from "../../../lib/egress";
import { imageSpecs } from "../../../lib/imageSpecs";
import { shop } from "../fixtures";

const { api, page } = shop.services;
if (api === undefined || page === undefined) throw new Error("the shop has no api or page");
const closed = {
  ...shop,
  services: { page: { ...page, egress: ["b.example.com"] }, api: { ...api, egress: [] }, open: page },
};

it("is for the services that name hosts, or that may reach none", () => {
  expect(servicesWithEgress(shop)).toEqual([]);
  expect(servicesWithEgress(closed)).toEqual(["api", "page"]);
  expect(gatewayName("api")).toBe("egress-api");
});

it("has an image, unless the system pins it itself, where there is such a service", () => {
  const egress = { description: "Squid, the way to the internet", default: "ubuntu/squid:6.6-24.04_beta" };
  expect(egressImages(shop)).toEqual({});
  expect(imageSpecs(shop)).not.toHaveProperty("egress");
  expect(imageSpecs(closed)).toMatchObject({ egress });
  const own = { description: "our own", default: "squid:7" };
  expect(imageSpecs({ ...closed, images: { ...shop.images, egress: own } })).toMatchObject({ egress: own });
});
