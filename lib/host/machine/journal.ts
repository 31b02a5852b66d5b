import { file, type Part } from "./part";

/** Logs of the machine itself survive a restart, and don't fill its disk. */
export function journal(): Part {
  return {
    name: "journal",
    summary: "journal: 500 MB, one month",
    files: [
      file(
        "/etc/systemd/journald.conf.d/slipway.conf",
        [
          "[Journal]",
          "Storage=persistent",
          "SystemMaxUse=500M",
          "SystemKeepFree=1G",
          "MaxRetentionSec=1month",
        ],
        "journal",
      ),
    ],
    script: "settle journal restart systemd-journald.service",
  };
}
