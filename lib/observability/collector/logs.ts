import { logLabels } from "../loki";
import type { Observed } from "../observed";
import { toldByRecord } from "./levels";
import { quoted } from "./ottl";
import { redactedAttributes, redactedBodies } from "./redaction";

/** What resource attributes say that no reader of a log line asks for. */
const boring = "^(?:telemetry|process|os|host)[.]|^service[.](?:name|version|namespace)$";

/**
 * Reads what the engine writes of each container. It starts at the beginning, so that what a container prints before it
 * is found is not lost, and goes on where it was after a restart, because the offsets are kept; `.1` is what the engine
 * has just put aside. What was there before this system had logs tells no stack and is left out unparsed, and files
 * that hold nothing that Loki would still take are not opened.
 */
export function containerLogs({ system, stack, retention }: Observed) {
  return {
    include: ["/var/lib/docker/containers/*/*-json.log", "/var/lib/docker/containers/*/*-json.log.1"],
    start_at: "beginning",
    exclude_older_than: `${retention.logsDays * 24}h`,
    storage: "file_storage",
    poll_interval: "500ms",
    // The engine splits lines after 16 KiB; their escapes and labels need some more.
    max_log_size: "256KiB",
    // While the queue is full, reading waits: the file keeps the lines.
    retry_on_failure: { enabled: true, max_elapsed_time: "0s" },
    operators: [
      {
        type: "filter",
        id: "others",
        expr: `not (body contains ${JSON.stringify(`"slipway.stack":"${stack}"`)})`,
      },
      {
        type: "json_parser",
        id: "envelope",
        parse_to: "body",
        timestamp: {
          parse_from: "body.time",
          layout_type: "gotime",
          layout: "2006-01-02T15:04:05.999999999Z07:00",
        },
        on_error: "drop_quiet",
      },
      {
        type: "filter",
        id: "ours",
        expr: `body.attrs?.["slipway.stack"] != "${stack}" or body.attrs?.["slipway.system"] != "${system}"`,
      },
    ],
  };
}

/** The processors of log records, by name. None reports what it can't do: the report would be a record, too. */
export function logProcessors({ system, stack }: Observed) {
  const ours = [
    `set(log.attributes["system"], ${quoted(system)})`,
    `set(log.attributes["stack"], ${quoted(stack)})`,
  ];
  return {
    "transform/containers": transform([
      `set(log.attributes["container_id"], Substring(log.attributes["log.file.name"], 0, 12))`,
      `delete_key(log.attributes, "log.file.name")`,
      ...ours,
      `set(log.attributes["service"], log.body["attrs"]["slipway.service"])`,
      `set(log.attributes["release"], log.body["attrs"]["slipway.release"])`,
      `set(log.attributes["source"], log.body["stream"])`,
      `set(log.body, log.body["log"])`,
      `replace_pattern(log.body, "\\\\r?\\\\n$$", "")`,
    ]),
    "transform/apps": transform([
      ...redactedAttributes(),
      ...ours,
      `set(log.attributes["service"], resource.attributes["service.name"])`,
      `replace_pattern(log.attributes["service"], ${quoted(`^${system}-`)}, "")`,
      `set(log.attributes["release"], resource.attributes["service.version"])`,
      `set(log.attributes["source"], "otlp")`,
      `set(log.body, String(log.body)) where not IsString(log.body)`,
    ]),
    "transform/records": transform(
      [
        ...toldByRecord(),
        `set(log.attributes["service"], "unknown") where log.attributes["service"] == nil`,
        `set(log.attributes["release"], "unknown") where log.attributes["release"] == nil`,
        // Loki makes up a name where there is none.
        `set(log.attributes["service.name"], log.attributes["service"])`,
      ],
      redactedBodies(),
    ),
    "transform/resources": transform([`delete_matching_keys(resource.attributes, ${quoted(boring)})`]),
    // Loki makes labels of resource attributes only.
    groupbyattrs: { keys: [...logLabels, "service.name"] },
  };
}

function transform(statements: readonly string[], ...more: readonly object[]) {
  return { error_mode: "silent", log_statements: [{ statements }, ...more] };
}
