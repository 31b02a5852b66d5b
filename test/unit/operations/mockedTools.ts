import { vi } from "vitest";

vi.mock("../../../lib/execa", async () => ({ loadExeca: () => import("./fakeStack") }));

vi.mock("../../../setup/paths", async (original) => {
  const { world } = await import("./fakeStack");
  return {
    ...(await original<typeof import("../../../setup/paths")>()),
    get repository() {
      return world.folder;
    },
  };
});

vi.mock("../../../operations/pulumi", async (original) => {
  const pulumi = await original<typeof import("../../../operations/pulumi")>();
  const { operation } = await import("./fakeStack");
  return {
    ...pulumi,
    operationMain: (main: () => Promise<void>) => {
      operation.ended = pulumi.operationMain(main);
    },
  };
});
