import { Network } from "@pulumi/docker/network";
import { RemoteImage } from "@pulumi/docker/remoteImage";
import { Volume } from "@pulumi/docker/volume";
import { beforeAll, describe, expect, it } from "vitest";
import { production } from "./systems";
import { changed, type Judged, judged, violations } from "./verdict";

let resources: Judged[];
beforeAll(async () => {
  resources = await production();
  // Each of the tests below breaks one thing: nothing else may be wrong.
  expect(violations(resources)).toEqual([]);
});

const api = "api-0";

/** What the pack says when one resource of the whole system has other properties. */
function broken(name: string, change: Readonly<Record<string, unknown>>): string[] {
  return shown(changed(resources, name, change));
}

function shown(all: readonly Judged[], config = {}): string[] {
  return violations(all, config).map(({ policy, resource, message }) => `${policy} ${resource}: ${message}`);
}

describe("images", () => {
  it.each(["shop/api", "shop/api:latest", "registry.example.com:5000/shop/api"])(
    "%s is not pinned",
    (image) => {
      const found = violations([judged(RemoteImage, "images-api", { name: image })]);
      expect(found).toMatchObject([
        { policy: "images-pinned", resource: "images-api" },
        { policy: "images-by-digest-advised", resource: "" },
      ]);
      expect(found[0]?.message).toMatch(
        `The image is ${image}: it must be an image with a fixed tag or a digest`,
      );
    },
  );

  it("need a digest in production", () => {
    expect(broken("images-redis", { name: "redis:7.4.2-bookworm" })).toEqual([
      "images-by-digest images-redis: The image is redis:7.4.2-bookworm, which has no digest. `npm run pin` writes it behind the tag in the stack file.",
    ]);
  });

  it("need it where the configuration says so", () => {
    const image = [judged(RemoteImage, "images-redis", { name: "redis:7.4" }, { stack: "live" })];
    const stacks = { stacks: ["live"] };
    const policies = (config: Record<string, object>) =>
      violations(image, config).map(({ policy }) => policy);
    expect(policies({})).toEqual(["images-by-digest-advised"]);
    expect(policies({ "images-by-digest": stacks, "images-by-digest-advised": stacks })).toEqual([
      "images-by-digest",
    ]);
  });

  it("but not those that are put together on the host", () => {
    const name = "slipway/backup:0123456789abcdef";
    expect(resources.find((one) => one.name === "backups-image-build")?.props.name).toMatch(
      /^slipway\/backup:[0-9a-f]{16}$/,
    );
    const image = (pin: string) =>
      violations([judged(RemoteImage, "build", { name: pin }, { stack: "production" })]);
    expect(image(name)).toEqual([]);
    expect(image("slipway/proxy:0123456789abcdef")).toEqual([]);
    expect(image(`docker.io/${name}`)).toHaveLength(1);
    expect(image("slipway/backup:1.0")).toHaveLength(1);
  });

  it("are brought by the stack", () => {
    const own = resources.map((one) => (one.name === api ? { ...one, madeOf: {} } : one));
    expect(shown(own)).toEqual([
      "images-of-stack api-0: api-0 names one itself. Give it the name of one of Images.",
    ]);
  });
});

describe("ports", () => {
  const instead = "Give it a route in the system's spec, or reach it with `docker exec` over SSH.";

  it("are published by the proxy alone", () => {
    const ports = [
      { internal: 3000, external: 8080, protocol: "tcp" },
      { internal: 53, protocol: "udp" },
    ];
    expect(broken(api, { ports })).toEqual([
      `only-proxy-publishes api-0: api-0 publishes 8080/tcp. ${instead}`,
      `only-proxy-publishes api-0: api-0 publishes 53/udp. ${instead}`,
    ]);
  });

  it("are not all those of an image, not even the proxy's", () => {
    expect(broken("proxy-server", { publishAllPorts: true })).toEqual([
      `only-proxy-publishes proxy-server: proxy-server publishes every port of its image. ${instead}`,
    ]);
  });
});

describe("privileges", () => {
  const out = "Take it out; grant the one capability it needs.";
  it.each([
    ["privileged", { privileged: true }, "privileged"],
    ["CAP_SYS_ADMIN", { capabilities: { adds: ["CAP_SYS_ADMIN"] } }, "the capability CAP_SYS_ADMIN"],
    ["every capability", { capabilities: { adds: ["ALL"] } }, "the capability ALL"],
    ["no seccomp", { securityOpts: ["seccomp=unconfined"] }, "seccomp=unconfined"],
    ["no label", { securityOpts: ["label:disable"] }, "label:disable"],
    ["a device", { devices: [{ hostPath: "/dev/sda" }] }, "the device /dev/sda"],
  ])("%s", (_, change, privilege) => {
    expect(broken(api, change)).toEqual([`no-privileged api-0: api-0 has ${privilege}. ${out}`]);
  });

  it("may be one that is no way out", () => {
    expect(broken(api, { capabilities: { adds: ["CAP_NET_BIND_SERVICE"] } })).toEqual([]);
  });
});

describe("namespaces", () => {
  it.each([
    ["networkMode", "host"],
    ["pidMode", "host"],
    ["ipcMode", "host"],
    ["usernsMode", "host"],
    ["cgroupnsMode", "host"],
    ["networkMode", "container:0123456789ab"],
  ])("%s %s", (mode, value) => {
    expect(broken(api, { [mode]: value })).toEqual([
      `no-host-namespaces api-0: api-0 has ${mode} ${value}. Leave it out: it gets a namespace of its own.`,
    ]);
  });
});

describe("the engine's socket", () => {
  const bind = (source: string, readOnly = true) => ({
    mounts: [{ type: "bind", source, target: "/mounted", readOnly }],
  });
  const ask =
    "which the engine's socket is in. Ask the guardian, which alone has it and lets through only what reads.";

  it.each(["/var/run/docker.sock", "/run/docker.sock", "/run/", "/var/run", "/", "/run/containerd"])(
    "is in %s",
    (path) => {
      const message = `no-engine-socket api-0: api-0 mounts ${path}, ${ask}`;
      expect(broken(api, bind(path))).toEqual([message]);
      expect(broken(api, { volumes: [{ hostPath: path, containerPath: "/mounted" }] })).toEqual([message]);
    },
  );

  it.each(["/srv/files", "/run/docker.sock.d", "/var/lib/docker/containers"])("is not in %s", (path) => {
    expect(broken(api, bind(path))).toEqual([]);
  });

  it("is the guardian's, and nothing more, and read-only", () => {
    const guardian = "observability-guardian-server";
    expect(resources.find(({ name }) => name === guardian)?.props.mounts).toMatchObject([
      { source: "/var/run/docker.sock", readOnly: true },
    ]);
    const named = `no-engine-socket ${guardian}: ${guardian} mounts`;
    expect(broken(guardian, bind("/run"))).toEqual([`${named} /run, ${ask}`]);
    expect(broken(guardian, bind("/var/run/docker.sock", false))).toEqual([
      `${named} /var/run/docker.sock, ${ask}`,
    ]);
  });

  it("is out of reach of the node exporter, as long as that is not root", () => {
    const exporter = "observability-nodeExporter-server";
    expect(resources.find(({ name }) => name === exporter)?.props).toMatchObject({
      user: "65534:65534",
      mounts: [{ source: "/", readOnly: true }],
    });
    for (const user of ["0:0", "65534:0", "root", ""]) {
      expect(broken(exporter, { user })).toEqual([
        `no-engine-socket ${exporter}: ${exporter} mounts /, ${ask}`,
      ]);
    }
  });

  it("is in no volume", () => {
    const driverOpts = { type: "none", o: "bind", device: "/var/run/docker.sock" };
    const volume = judged(Volume, "disguised", { driverOpts }, { protect: true });
    expect(shown([volume])).toEqual([
      `no-engine-socket disguised: The volume is /var/run/docker.sock, ${ask}`,
    ]);
  });
});

describe("limits", () => {
  it.each([undefined, 0])("of memory are not %s", (memory) => {
    expect(broken("migration-container", { memory })).toEqual([
      "memory-limited migration-container: migration-container has none. Set its resources in the system's spec or in the stack file.",
    ]);
  });

  it.each([undefined, { tests: ["NONE"] }, { tests: [] }])("a health check is not %o", (healthcheck) => {
    expect(broken(api, { healthcheck })).toEqual([
      "healthchecked api-0: api-0 has none. Give it health, a command that exits with 0.",
    ]);
  });

  it.each(["migration-container", "observability-collector-server"])("%s needs no health check", (name) => {
    expect(resources.find((one) => one.name === name)?.props).not.toHaveProperty("healthcheck");
  });
});

describe("protection", () => {
  it("of a volume with data", () => {
    const careless = resources.map((one) =>
      one.name === "postgres-data" ? { ...one, protect: false } : one,
    );
    expect(shown(careless)).toEqual([
      "data-protected postgres-data: postgres-data isn't protected. Create it with the option protect: true.",
    ]);
  });

  it("is not asked of what can be switched off", () => {
    const free = resources.filter(({ type, protect }) => type === "docker:index/volume:Volume" && !protect);
    expect(free.map(({ name }) => name).sort()).toEqual([
      "backups-repository",
      "backups-state",
      ...["alertmanager", "collector", "grafana", "loki", "prometheus", "tempo"].map(
        (part) => `observability-${part}-data`,
      ),
    ]);
  });
});

describe("databases", () => {
  it("publish nothing", () => {
    expect(broken("redis-server", { ports: [{ internal: 6379, external: 6379 }] })).toEqual([
      "only-proxy-publishes redis-server: redis-server publishes 6379/tcp. Give it a route in the system's spec, or reach it with `docker exec` over SSH.",
      "database-private redis-server: redis-server publishes a port. Take it out.",
    ]);
  });

  it("are on the network of the data alone", () => {
    const on = (...networks: readonly string[]) =>
      resources.map((one) =>
        one.name === "postgres-server"
          ? { ...one, madeOf: { ...one.madeOf, networksAdvanced: networks } }
          : one,
      );
    expect(shown(on("networks-data"))).toEqual([]);
    expect(shown(on("networks-data", "networks-edge"))).toEqual([
      "database-network postgres-server: postgres-server is on networks-edge: it may be on networks.data only.",
    ]);
    expect(shown(on())).toEqual([
      "database-network postgres-server: postgres-server names its network itself. Give it networks.data.",
    ]);
  });

  it("reach nothing else", () => {
    const message =
      "database-private networks-data: The network shop-production-data isn't internal, so the databases on it reach the internet.";
    expect(broken("networks-data", { internal: false })).toEqual([message]);
    expect(shown([judged(Network, "networks-edge", { name: "shop-production-edge" })])).toEqual([]);
  });
});

describe("backups", () => {
  it("are on in production", () => {
    const without = resources.filter(({ urn }) => !urn.includes("slipway:backup:"));
    const message =
      "backups-on : There are no backups. Take slipway:backups.enabled out of the stack file, or set it to true.";
    expect(shown(without)).toEqual([message]);
    const elsewhere = { stacks: ["live"] };
    expect(shown(without, { "backups-on": elsewhere })).toEqual([]);
  });
});
