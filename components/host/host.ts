import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { LocalHost } from "./localHost";

/** The machine that a system runs on. Everything after it is the same, wherever the machine comes from. */
export interface Host {
  /** Creates the containers, networks and volumes on the machine. */
  readonly provider: docker.Provider;
  /** What the docker command needs in its environment to reach the same engine. */
  readonly engineEnvironment: Readonly<Record<string, pulumi.Input<string>>>;
}

/** The host that the stack asks for. */
export function createHost(kind: StackConfig["host"]): Host {
  switch (kind) {
    case "local":
      return new LocalHost("host");
  }
}
