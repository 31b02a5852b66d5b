import { expect, it } from "vitest";
import { createLike, type TemplateContainer } from "../../../lib/createLike";

const template: TemplateContainer = {
  Id: "id-migration",
  Image: "sha256:abc",
  Config: {
    User: "1000:1000",
    Entrypoint: ["migrate", "-verbose"],
    Env: ["PATH=/usr/bin", "DATABASE_URL=postgres://u:p@h/d?a=b", "EMPTY="],
    Labels: {
      "slipway.files": "0123",
      "slipway.release": "1.2.0",
      "slipway.service": "migration",
      "slipway.stack": "test",
      "slipway.system": "shop",
    },
  },
  HostConfig: {
    Memory: 536870912,
    MemorySwap: 536870912,
    NanoCpus: 500_000_000,
    PidsLimit: 512,
    ShmSize: 67108864,
    ReadonlyRootfs: true,
    Init: true,
    CapAdd: ["CAP_CHOWN"],
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges:true"],
    Tmpfs: { "/tmp": "rw,size=64m" },
    LogConfig: { Type: "json-file", Config: { "max-file": "3" } },
  },
  NetworkSettings: { Networks: { "shop-test-edge": {}, "shop-test-data": {} } },
};

it("is a container of the same image, user, networks, limits, restrictions and volumes, with other arguments", () => {
  const { args, moreNetworks } = createLike(template, ["PATH=/usr/bin"], "migration-revert", ["down", "1"]);
  expect(args).toEqual([
    "create",
    ...["--pull", "never"],
    ...["--volumes-from", "id-migration"],
    ...["--user", "1000:1000", "--entrypoint", "migrate"],
    ...["--env", "DATABASE_URL", "--env", "EMPTY"],
    ...["--network", "shop-test-data"],
    ...[
      "--label",
      "slipway.release=1.2.0",
      "--label",
      "slipway.stack=test",
      "--label",
      "slipway.system=shop",
    ],
    ...["--label", "slipway.service=migration-revert"],
    ...["--memory", "536870912", "--memory-swap", "536870912"],
    ...["--cpus", "0.5", "--pids-limit", "512", "--shm-size", "67108864"],
    ...["--read-only", "--init"],
    ...["--cap-drop", "ALL", "--cap-add", "CAP_CHOWN", "--security-opt", "no-new-privileges:true"],
    ...["--tmpfs", "/tmp:rw,size=64m"],
    ...["--log-driver", "json-file", "--log-opt", "max-file=3"],
    ...["sha256:abc", "-verbose", "down", "1"],
  ]);
  expect(moreNetworks).toEqual(["shop-test-edge"]);
});

it("has the environment by name alone: no list of processes shows the values, nor is the image's own handed on", () => {
  const { args, environment } = createLike(template, ["PATH=/usr/bin"], "migration-revert", []);
  expect(environment).toEqual({ DATABASE_URL: "postgres://u:p@h/d?a=b", EMPTY: "" });
  expect(args.join(" ")).not.toContain("postgres://");
});

it("has no network, limit or restriction that the other one hasn't", () => {
  const plain: TemplateContainer = {
    ...template,
    Config: { User: "", Entrypoint: null, Env: null, Labels: {} },
    HostConfig: {
      ...template.HostConfig,
      PidsLimit: null,
      ReadonlyRootfs: false,
      Init: null,
      CapAdd: null,
      CapDrop: null,
      SecurityOpt: null,
      Tmpfs: null,
    },
    NetworkSettings: { Networks: { none: {} } },
  };
  expect(createLike(plain, [], "x", []).args).toEqual([
    "create",
    ...[
      "--pull",
      "never",
      "--volumes-from",
      "id-migration",
      "--network",
      "none",
      "--label",
      "slipway.service=x",
    ],
    ...["--memory", "536870912", "--memory-swap", "536870912", "--cpus", "0.5", "--pids-limit", "-1"],
    ...["--shm-size", "67108864", "--log-driver", "json-file", "--log-opt", "max-file=3", "sha256:abc"],
  ]);
});
