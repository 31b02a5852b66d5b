import "./mockedTools";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { resetWorld, runOperation, stackFile, world } from "./fakeStack";

beforeEach(() => resetWorld());

afterEach(() => {
  vi.unstubAllEnvs();
  expect(world.commandLines.join("\n")).not.toContain("canary");
});

const on = ["--stack", "production"];

it("backup makes one, and tells what it came to", async () => {
  world.answers.backup = () => ({ run: "20261121T120000Z", seconds: 1.25, bytes: 2e6, addedBytes: 100 });
  const { said, code } = await runOperation("backup", ...on);
  expect(world.done).toEqual(['backup {"reason":"manual"}']);
  expect(said).toBe(
    "log of backup\nBackup 20261121T120000Z is complete: 2.0 MB in 1.3 s, the repository grew by 100 B.",
  );
  expect(code).toBeUndefined();
});

it("backup lists what there is", async () => {
  world.answers.list = () => [];
  expect((await runOperation("backup", ...on, "--list")).said).toBe("There is no complete backup.");
  expect(world.done).toEqual([]);
});

describe("drill", () => {
  const result = { run: "r", repository: "local", seconds: 2, rows: 7, checks: ["pg_amcheck: 3 relations"] };

  it("proves the newest backup, or another one", async () => {
    world.answers.drill = () => ({ ...result, recoveryPoint: "2026-11-21T02:00:00Z" });
    const { said } = await runOperation("drill", ...on);
    expect(said).toContain("Backup r of repository local is good: restored in 2.0 s, 7 rows compared.");
    expect(said).toContain("  pg_amcheck: 3 relations\n  has everything until 2026-11-21T02:00:00Z");
    await runOperation("drill", ...on, "--from", "20261121T020000Z");
    expect(world.done).toEqual(["drill {}", 'drill {"run":"20261121T020000Z"}']);
  });

  it("fails when the backup isn't good", async () => {
    world.answers.drill = () => ({ ...result, error: "rows differ" });
    const { said, code } = await runOperation("drill", ...on);
    expect(said).toContain("error: backup r is not good: rows differ");
    expect(code).toBe(1);
  });

  it("says what to do about a container that has ended", async () => {
    for (const container of world.containers) container.running = false;
    const { said } = await runOperation("drill", ...on);
    expect(said).toContain("container name-drill, the drill, doesn't run: `docker logs name-drill` says why");
  });
});

describe("prune", () => {
  it("hands the caller's credentials over where no list of processes shows them", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "id-canary");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "canary");
    world.answers.prune = () => ({ removed: 3 });
    const { said } = await runOperation("prune", ...on, "--repository", "s3");
    const credentials = { accessKeyId: "id-canary", secretAccessKey: "canary" };
    expect(world.done).toEqual([`prune ${JSON.stringify({ repository: "s3", credentials })}`]);
    expect(said).toContain("Removed 3 backups from repository s3.");
    expect(said).not.toContain("canary");
  });

  it.each([
    [[], "--repository is missing"],
    [["--repository", "tape"], "--repository tape is neither local nor s3"],
    [["--repository", "s3"], "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set"],
  ])("refuses %j", async (options, message) => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "id-canary");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
    const { said, code } = await runOperation("prune", ...on, ...options);
    expect(said).toContain(`error: ${message}`);
    expect(code).toBe(1);
    expect(world.done).toEqual([]);
  });
});

describe("key", () => {
  const file = () => join(world.folder, "kit.yaml");
  const secrets = { backupRepositoryKey: "canary1", totpEncryptionKey: "canary2" };

  beforeEach(() => {
    world.outputs = {
      recoveryKit: { repositories: { local: "/repository" }, fingerprint: "012345678901", secrets },
    };
  });

  it("writes a file for its owner alone, and notes that it did", async () => {
    const { said, code } = await runOperation("key", ...on, "--to", file());
    expect(code).toBeUndefined();
    expect(said).not.toContain("canary");
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readFile(file(), "utf8")).toContain("\n  backupRepositoryKey: canary1\n");
    expect(await stackFile()).toBe(
      '# Kept.\nconfig:\n  slipway:app: clubhouse\n  slipway:backups:\n    keyExported: "012345678901"\n',
    );
  });

  it("writes over nothing", async () => {
    await writeFile(file(), "precious");
    const { said, code } = await runOperation("key", ...on, "--to", file());
    expect(said).toContain("is there already: name a file that isn't");
    expect(code).toBe(1);
    expect(await readFile(file(), "utf8")).toBe("precious");
    expect(await stackFile()).not.toContain("keyExported");
  });

  it("sets the secrets of the file, which no list of processes shows", async () => {
    await runOperation("key", ...on, "--to", file());
    const { said } = await runOperation("key", ...on, "--from", file());
    expect(said).toContain("encrypted: backupRepositoryKey, totpEncryptionKey.");
    expect(world.done).toEqual([
      "set secrets.backupRepositoryKey to canary1",
      "set secrets.totpEncryptionKey to canary2",
    ]);
  });

  it.each([
    [[], "one of --to and --from is needed"],
    [["--to", "a", "--from", "b"], "one of --to and --from is needed"],
    [["--from", "/nowhere"], "/nowhere can't be used: ENOENT"],
    [["--from", "/etc/hostname"], "/etc/hostname is no recovery kit: it has no `secrets`"],
  ])("refuses %j", async (options, message) => {
    const { said, code } = await runOperation("key", ...on, ...options);
    expect(said).toContain(`error: ${message}`);
    expect(code).toBe(1);
    expect(world.done).toEqual([]);
  });
});
