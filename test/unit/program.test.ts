import { afterEach, expect, it, vi } from "vitest";
import { configure, leastImages, leastSettings } from "./configured";
import { record, revealed, secret } from "./mocks";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

function program(settings: Readonly<Record<string, unknown>>) {
  configure(settings);
  return record(() => import("../../index"));
}

it("is one system on one host, and exports its addresses, its login and its images", async () => {
  const settings = { ...leastSettings, bootstrapAdmin: { username: "ada" }, imageMirror: "localhost:5000" };
  const { made: exported } = await program(settings);
  expect(exported.urls).toEqual({
    app: "https://clubhouse.example.com",
    grafana: "https://grafana.clubhouse.example.com",
  });
  expect(exported.images).toEqual(leastImages);
  if (exported.login === undefined) throw new Error("the login is missing");
  expect(await revealed(exported.login)).toEqual(
    secret({ username: "ada", password: "generated-secrets-bootstrapAdminPassword" }),
  );
});

it("creates nothing when the configuration is wrong", async () => {
  configure({ ...leastSettings, domains: {} });
  const started: string[] = [];
  const running = record(() => import("../../index"), {
    creating: (_, name) => {
      started.push(name);
      return undefined;
    },
  });
  await expect(running).rejects.toThrow("slipway:domains.app is missing");
  expect(started).toEqual([]);
});
