import type * as pulumi from "@pulumi/pulumi";
import { httpHealth } from "../../lib/httpHealth";
import { alertmanagerArguments, alertmanagerFiles } from "../../lib/observability/alertmanager";
import type { Secrets } from "../data/secrets";
import { Part, type PartPlatform } from "./part";

/**
 * Alertmanager: groups the alerts that fire and delivers them to the receivers of the stack, whose secrets it reads from
 * files. It reaches the internet, where most of them are.
 *
 * @example new Alertmanager("alertmanager", platform, { parent: this })
 */
export class Alertmanager extends Part {
  constructor(name: string, platform: PartPlatform, opts?: pulumi.ComponentResourceOptions) {
    const { observed, secrets, internet } = platform;
    super(
      "Alertmanager",
      name,
      platform,
      {
        part: "alertmanager",
        user: "65534:65534",
        command: alertmanagerArguments(observed),
        files: secretFiles(secrets),
        networks: [internet],
        data: "/alertmanager",
        configuration: {
          folder: "/etc/alertmanager",
          files: alertmanagerFiles(observed),
          check: ["amtool", "check-config", "{folder}/alertmanager.yml"],
          reload: "hangup",
        },
        health: httpHealth(9093, "/-/ready"),
      },
      opts,
    );
  }
}

/** By the names that the configuration has for them; those that the stack sets. */
const secretsByFile = {
  emailPassword: "alertEmailPassword",
  slackUrl: "alertSlackUrl",
  webhookUrl: "alertWebhookUrl",
  ntfyUrl: "alertNtfyUrl",
  heartbeatUrl: "heartbeatUrl",
} as const;

function secretFiles(secrets: Secrets): Record<string, pulumi.Output<string>> {
  const files: Record<string, pulumi.Output<string>> = {};
  for (const [file, secret] of Object.entries(secretsByFile)) {
    const value = secrets.find(secret);
    if (value !== undefined) files[`/run/secrets/alertmanager/${file}`] = value;
  }
  return files;
}
