import { expect } from "vitest";
import { awaitStartup, newcomers, type StartupCheck } from "../../../operations/steps/startupChecks";
import type { ProxyLab } from "./proxyLab";

/** A service that isn't ready at its first answers, as one whose migrations still run. */
export async function expectStartupChecks(lab: ProxyLab): Promise<void> {
  let answers = 0;
  const { container, port } = await lab.upstream((request, response) => {
    answers += 1;
    if (request.url === "/never") response.statusCode = 503;
    response.setHeader("content-type", "application/json");
    const migrations = answers > 2 ? "up-to-date" : "pending";
    response.end(JSON.stringify({ status: "healthy", migrations, workers: 4 }));
  });
  const check = (path: string, expected: StartupCheck["expect"] = {}): StartupCheck => ({
    service: "api",
    container,
    port,
    path,
    expect: expected,
  });

  // The lab's own upstream is in the slot `machine`; nothing is in the other one.
  const fresh = { ...check("/health"), container: "api-0-1a2b3c4" };
  const slots = { machine: container, "api-0": fresh.container };
  expect(await newcomers(lab.container, slots, [check("/health"), fresh])).toEqual([fresh]);

  await awaitStartup(lab.container, [check("/health", { migrations: "up-to-date", workers: "4" })], 10);
  expect(answers).toBe(3);

  const other = { status: "healthy", migrations: "reverted", jobs: "operational" };
  const failed = awaitStartup(lab.container, [check("/health", other), check("/never")], 1);
  await expect(failed).rejects.toThrow(/^The release did not pass its startup checks within 1 s: .*/);
  await failed.catch(({ message }: Error) => {
    expect(message).toContain(
      'Service api, container machine, at /health: migrations is "up-to-date", expected "reverted", it has no jobs, expected "operational". It answered last:',
    );
    expect(message).toContain('| {"status":"healthy","migrations":"up-to-date","workers":4}');
    expect(message).toContain("Service api, container machine, at /never: it must answer 200.");
    expect(message).toContain("503");
  });
}
