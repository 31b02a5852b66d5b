import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createReach } from "../../../setup/network";
import { cacheFolder } from "../../../setup/paths";

describe("reach", () => {
  const before = process.env.XDG_CACHE_HOME;
  let cache: string;

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "slipway-"));
    process.env.XDG_CACHE_HOME = cache;
  });

  afterEach(() => {
    rmSync(cache, { recursive: true });
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });

  const probes = (downloads: boolean, registry: boolean) => ({
    downloads: vi.fn(async () => downloads),
    registry: vi.fn(async () => registry),
  });

  it("looks only when asked, and once", async () => {
    const answers = probes(true, false);
    const reach = createReach(answers, {});
    expect(answers.downloads).not.toHaveBeenCalled();
    expect(await Promise.all([reach.downloads(), reach.downloads(), reach.registry()])).toEqual([
      true,
      true,
      false,
    ]);
    expect(answers.downloads).toHaveBeenCalledOnce();
    expect(answers.registry).toHaveBeenCalledOnce();
  });

  it("remembers what can't be reached, and nothing else", async () => {
    const first = createReach(probes(false, true), {});
    await Promise.all([first.downloads(), first.registry()]);
    const later = probes(true, true);
    const reach = createReach(later, {});
    expect([await reach.downloads(), await reach.registry()]).toEqual([false, true]);
    expect(later.downloads).not.toHaveBeenCalled();
    expect(later.registry).toHaveBeenCalledOnce();
  });

  it("looks again after an hour", async () => {
    await createReach(probes(false, false), {}).downloads();
    const file = join(cacheFolder(), "unreachable-downloads");
    writeFileSync(file, new Date(Date.now() - 61 * 60_000).toISOString());
    expect(await createReach(probes(true, true), {}).downloads()).toBe(true);
  });

  it.each([
    ["1", false],
    ["true", false],
    ["0", true],
    ["no", true],
  ])("SLIPWAY_AIR_GAPPED=%s decides without a look", async (value, expected) => {
    const answers = probes(!expected, !expected);
    const reach = createReach(answers, { SLIPWAY_AIR_GAPPED: value });
    expect([await reach.downloads(), await reach.registry()]).toEqual([expected, expected]);
    expect(answers.downloads).not.toHaveBeenCalled();
  });

  it("an empty SLIPWAY_AIR_GAPPED decides nothing", async () => {
    expect(await createReach(probes(true, true), { SLIPWAY_AIR_GAPPED: "" }).downloads()).toBe(true);
  });
});
