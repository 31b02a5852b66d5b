import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, test, vi } from "vitest";
import { offeredSize } from "../../../../components/host/digitalocean/offeredSize";
import { failPreview } from "../../../../components/host/failedPreview";
import { record, revealed } from "../../mocks";

vi.mock("../../../../components/host/failedPreview", () => ({ failPreview: vi.fn() }));
const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();

beforeEach(() => {
  vi.mocked(failPreview).mockClear();
  warn.mockClear();
});

const offer = { slug: "s-1vcpu-1gb", available: true, regions: ["nyc3"] };
const asked = vi.fn(() => ({ sizes: [offer] }));

function preview(wanted: { size: string; region: string }) {
  return record(async () => revealed(offeredSize(wanted, {})), {
    preview: true,
    calls: { "digitalocean:index/getSizes:getSizes": asked },
  });
}

test("a size that the region has is taken without a word", async () => {
  const { made } = await preview({ size: "s-1vcpu-1gb", region: "nyc3" });

  expect(made).toBe("s-1vcpu-1gb");
  expect(asked).toHaveBeenCalledWith({ filters: [{ key: "slug", values: ["s-1vcpu-1gb"] }] });
  expect(failPreview).not.toHaveBeenCalled();
  expect(warn).not.toHaveBeenCalled();
});

test("a size that isn't there fails the preview, once", async () => {
  await preview({ size: "s-huge", region: "nyc3" });

  expect(vi.mocked(failPreview).mock.calls).toEqual([
    [expect.stringMatching(/^slipway:digitalocean.size is "s-huge": it must be a size/)],
  ]);
});

test("a region without it is a warning", async () => {
  const { made } = await preview({ size: "s-1vcpu-1gb", region: "fra1" });

  expect(made).toBe("s-1vcpu-1gb");
  expect(failPreview).not.toHaveBeenCalled();
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^slipway:digitalocean.region is "fra1"/)]]);
});
