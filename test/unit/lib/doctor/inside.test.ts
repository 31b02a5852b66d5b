import { describe, expect, it } from "vitest";
import { judgeAlerts } from "../../../../lib/doctor/alerts";
import {
  type InspectedContainer,
  judgeContainers,
  judgeMemory,
  judgePublished,
  judgeRestarts,
} from "../../../../lib/doctor/containers";
import { fileSystem, judgeDisk } from "../../../../lib/doctor/disks";
import { exitCodeOf, failed, ok, reportLines, warning } from "../../../../lib/doctor/finding";
import { judgeImages } from "../../../../lib/doctor/images";
import { stackState } from "../../../../lib/doctor/stackState";

const now = new Date("2026-11-21T12:00:00Z");

interface Change {
  readonly state?: Partial<InspectedContainer["State"]>;
  readonly image?: string;
  readonly job?: boolean;
  readonly restarts?: number;
  readonly memory?: number;
  readonly ports?: Record<string, unknown>;
}

function container(service: string, change: Change = {}): InspectedContainer {
  return {
    Id: `id-${service}`,
    Name: `/shop-${service}`,
    Image: `sha256:${service}`,
    RestartCount: change.restarts ?? 0,
    State: {
      ...{ Status: "running", Running: true, ExitCode: 0, OOMKilled: false },
      StartedAt: "2026-11-21T11:00:00.123456789Z",
      ...change.state,
    },
    Config: { Image: change.image ?? `${service}:1`, Labels: { "slipway.service": service } },
    HostConfig: {
      Memory: change.memory ?? 512 * 1024 * 1024,
      RestartPolicy: { Name: change.job === true ? "no" : "unless-stopped" },
      PortBindings: change.ports ?? {},
    },
  };
}

const exited = (ExitCode: number) => ({ Status: "exited", Running: false, ExitCode });

describe("containers", () => {
  it("are well that run and aren't unhealthy, and jobs that have ended well", () => {
    const job = container("migration", {
      job: true,
      state: { ...exited(0), Health: { Status: "unhealthy" } },
    });
    const all = [container("web", { state: { Health: { Status: "healthy" } } }), container("collector"), job];
    const known = all.map(({ Id }) => ({ id: Id, name: Id }));
    expect(judgeContainers("production", all, known)).toEqual([
      ok("containers", "2 containers, all running, none unhealthy"),
      ok("jobs", "1, none has failed"),
    ]);
  });

  it("are named that are gone, have ended or are unhealthy", () => {
    const all = [
      container("web", { state: exited(137) }),
      container("redis", { state: { Health: { Status: "unhealthy" } } }),
      container("proxy"),
    ];
    const [finding] = judgeContainers("production", all, [{ id: "gone", name: "shop-postgres" }]);
    expect(finding).toEqual(
      failed(
        "containers",
        "shop-postgres isn't there, shop-web is exited, exit code 137, shop-redis is unhealthy",
        "`docker logs shop-web` says why; `docker start shop-web`; `pulumi up --refresh --stack production` makes them anew",
      ),
    );
  });

  it("may still be starting", () => {
    const [finding] = judgeContainers(
      "s",
      [container("web", { state: { Health: { Status: "starting" } } })],
      [],
    );
    expect(finding).toEqual(warning("containers", "shop-web not healthy yet", "ask again in a minute"));
  });

  it("fail where there are none at all, and where a job has failed", () => {
    expect(judgeContainers("s", [], [])[0]?.verdict).toBe("failed");
    const [, jobs] = judgeContainers("s", [container("migration", { job: true, state: exited(3) })], []);
    expect(jobs).toMatchObject({ verdict: "failed", value: "shop-migration has ended with exit code 3" });
  });

  it("that were restarted within a day are told of, and what ended for want of memory", () => {
    const lately = container("web", { restarts: 4, state: { OOMKilled: true } });
    const [restarts, killed] = judgeRestarts([lately], now);
    expect(restarts).toMatchObject({
      verdict: "warning",
      value: "shop-web 4 times, last 2026-11-21T11:00:00Z",
    });
    expect(killed).toEqual(failed("killed for memory", "shop-web", "raise slipway:resources.web.memory"));
    const before = container("web", { restarts: 4, state: { StartedAt: "2026-11-19T11:00:00Z" } });
    expect(judgeRestarts([before], now).map(({ verdict }) => verdict)).toEqual(["ok", "ok"]);
  });

  it("may have no more than 85 % of the memory together, and each has a limit", () => {
    const GiB = 1024 ** 3;
    const two = [container("web", { memory: GiB }), container("db", { memory: GiB })];
    expect(judgeMemory(two, 4 * GiB)).toEqual(ok("memory limits", "2048 of 4096 MiB, 50 %"));
    expect(judgeMemory(two, 2.2 * GiB)).toMatchObject({ verdict: "warning" });
    expect(judgeMemory([container("web", { memory: 0 })], GiB)).toMatchObject({
      verdict: "failed",
      value: "shop-web without one",
    });
    // What has ended needs none.
    expect(
      judgeMemory([...two, container("old", { memory: 9 * GiB, state: exited(0) })], 4 * GiB).verdict,
    ).toBe("ok");
  });

  it("publish nothing but the proxy", () => {
    const proxy = container("proxy", { ports: { "443/tcp": [{}] } });
    expect(judgePublished([proxy, container("web")]).verdict).toBe("ok");
    expect(judgePublished([proxy, container("redis", { ports: { "6379/tcp": [{}] } })])).toMatchObject({
      verdict: "failed",
      value: "shop-redis 6379/tcp",
    });
  });
});

describe("images", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const pins = {
    images: { web: "shop/web:1", db: `postgres:17@${digest}` },
    registries: {},
    mirror: "mirror:5000",
  };
  const web = container("web", { image: "mirror:5000/shop/web:1" });
  const db = container("db", { image: `mirror:5000/library/postgres:17@${digest}` });
  const found = [
    { Id: "sha256:web", RepoTags: ["mirror:5000/shop/web:1"] },
    { Id: "sha256:db", RepoTags: [], RepoDigests: [`mirror:5000/library/postgres@${digest}`] },
  ];

  it("are what the pins name", () => {
    expect(judgeImages("s", [web, db], found, pins)).toEqual(ok("images", "what the 2 pins name"));
  });

  it("are not where a tag was moved, or a digest is another one", () => {
    const moved = [{ Id: "sha256:newer", RepoTags: ["mirror:5000/shop/web:1"] }, found[1]].flatMap(
      (one) => one ?? [],
    );
    expect(judgeImages("s", [web, db], moved, pins)).toMatchObject({
      verdict: "failed",
      value: "shop-web isn't of what mirror:5000/shop/web:1 names now",
    });
    const other = [
      { Id: "sha256:db", RepoDigests: [`mirror:5000/library/postgres@sha256:${"b".repeat(64)}`] },
    ];
    expect(judgeImages("s", [db], other, pins).verdict).toBe("failed");
  });

  it("are told of that no pin names, but for those that are built on the machine", () => {
    const foreign = container("web", { image: "shop/web:2" });
    expect(judgeImages("s", [foreign], [], pins)).toMatchObject({
      verdict: "warning",
      value: "shop-web is of shop/web:2, which no pin of the stack names",
    });
    expect(judgeImages("s", [container("backup", { image: "slipway/backup:0123" })], [], pins).verdict).toBe(
      "ok",
    );
  });
});

describe("a disk", () => {
  const lines = (free: number) => [
    "Filesystem 1024-blocks Used Available Capacity Mounted on",
    `/dev/vda 1000000 9 ${free} 9% /data`,
  ];

  it.each([
    [500_000, "ok", "512.0 MB of 1.0 GB free, 50 %"],
    [150_000, "warning", "153.6 MB of 1.0 GB free, 15 %"],
    [30_000, "failed", "30.7 MB of 1.0 GB free, 3 %"],
    [-5, "failed", "0 B of 1.0 GB free, 0 %"],
  ])("with %i KiB free is %s", (free, verdict, value) => {
    expect(judgeDisk("data disk", fileSystem(lines(free)), 20, "make room")).toMatchObject({
      verdict,
      value,
    });
  });

  it("of which nothing is known is told of", () => {
    expect(fileSystem([])).toBeUndefined();
    expect(judgeDisk("data disk", undefined, 20, "make room").verdict).toBe("warning");
  });
});

describe("alerts", () => {
  const alert = (alertname: string, severity: string) => ({
    labels: { alertname, severity },
    annotations: { summary: `about ${alertname}`, runbook_url: `docs/runbooks/${alertname}.md` },
  });
  const watchdog = alert("Watchdog", "none");

  it("are each a finding, by their severity", () => {
    const firing = [
      watchdog,
      alert("DiskFull", "critical"),
      alert("LatencyHigh", "warning"),
      alert("TestAlert", "critical"),
    ];
    expect(judgeAlerts(firing)).toEqual([
      failed("alert DiskFull", "about DiskFull", "docs/runbooks/DiskFull.md"),
      warning("alert LatencyHigh", "about LatencyHigh", "docs/runbooks/LatencyHigh.md"),
    ]);
    expect(judgeAlerts([watchdog])).toEqual([ok("alerts", "none fires")]);
  });

  it("are not to be trusted without the one that always fires", () => {
    expect(judgeAlerts([])).toMatchObject([{ what: "alerts", verdict: "warning" }]);
  });
});

it("reads containers, open operations and the preparation in a stack's state", () => {
  const type = "docker:index/container:Container";
  const deployment = {
    resources: [
      { type, id: "one", outputs: { name: "shop-web" } },
      { type, id: "old", delete: true, outputs: { name: "shop-old" } },
      { type: "command:local:Command", outputs: { stdout: '{"hostKey":"ssh-ed25519 AAAA"}' } },
      {
        type: "command:local:Command",
        outputs: { stdout: '{"user":"deploy","hostKey":"k","digest":"abc"}' },
      },
      {
        type: "command:local:Command",
        outputs: { stdout: { "4dabf18193072939515e22adb298388d": "secret" } },
      },
    ],
    pending_operations: [{}],
  };
  expect(stackState({ deployment })).toEqual({
    containers: [{ id: "one", name: "shop-web" }],
    pending: 1,
    prepared: "abc",
  });
  expect(stackState({})).toEqual({ containers: [], pending: 0, prepared: undefined });
});

it("reports in columns, and only what failed makes the exit code 1", () => {
  const well = ok("a", "fine");
  const soon = warning("longer", "old", "renew it");
  const bad = failed("b", "broken", "mend it");
  expect(reportLines([well, soon])).toEqual([
    "ok       a       fine",
    "warning  longer  old → renew it",
    "1 ok, 1 warning, 0 failed. Warnings keep the exit code 0.",
  ]);
  expect(reportLines([well, soon, soon, bad]).at(-1)).toBe("1 ok, 2 warnings, 1 failed.");
  expect([exitCodeOf([well, soon]), exitCodeOf([well, bad])]).toEqual([0, 1]);
});
