import { expect, test } from "vitest";
import { sizeFinding } from "../../../../lib/host/dropletSize";

const wanted = { size: "s-4vcpu-8gb", region: "nyc3" };
const offer = { slug: "s-4vcpu-8gb", available: true, regions: ["sfo3", "nyc3", "fra1"] };

test("nothing is to be said about a size that the region has", () => {
  expect(sizeFinding(wanted, [offer])).toBeUndefined();
});

test.each([[[]], [[{ ...offer, slug: "s-4vcpu-8gb-amd" }]]])("a size that isn't there: %j", (found) => {
  expect(sizeFinding(wanted, found)).toEqual({
    fatal: true,
    message:
      'slipway:digitalocean.size is "s-4vcpu-8gb": it must be a size that DigitalOcean has, such as s-4vcpu-8gb (doctl compute size list)',
  });
});

test("a region that is out of it: a machine that is there keeps it", () => {
  expect(sizeFinding({ ...wanted, region: "ams3" }, [offer])).toEqual({
    fatal: false,
    message:
      'slipway:digitalocean.region is "ams3": no new machine of size s-4vcpu-8gb can be had there at the moment; those with it are fra1, nyc3, sfo3',
  });
});

test.each([{ available: false }, { regions: [] }])("a size that nobody gets any more: %j", (state) => {
  const finding = sizeFinding(wanted, [{ ...offer, ...state }]);

  expect(finding?.fatal).toBe(false);
  expect(finding?.message).toMatch(/; no region has it$/);
});
