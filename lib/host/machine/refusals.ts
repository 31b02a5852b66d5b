import { file, type MachineFile } from "./part";

/** What the lines begin with in the journal. */
export const refusalsName = "slipway-refusals";
export const refusalsUnit = `${refusalsName}.service`;
const script = "/etc/slipway/refusals.sh";

/**
 * For `sed -E`: one line of the proxy's access log to `refused 403 to 198.51.100.7`, and nothing of any other. What
 * clients send stands in strings, in which JSON has no bare quotes: it can't look like the fields.
 */
export const refusalExpression =
  String.raw`s/^\{"level":"[a-z]+","ts":[0-9.]+,"logger":"http\.log\.access[^"]*","msg":"handled request",` +
  String.raw`"request":\{"remote_ip":"([0-9a-f.:]+)",.*,"status":(401|403|429),"resp_headers":.*$/refused \2 to \1/p`;

/**
 * The service that tells the journal, in a line each, whom the proxies of this machine refuse. Their own logs change
 * their place with each container, and have more in them than should be kept.
 */
export function refusals(): readonly MachineFile[] {
  return [file(script, scriptLines, "refusals"), file(`/etc/systemd/system/${refusalsUnit}`, unit, "units")];
}

const scriptLines: readonly string[] = [
  "# Prints whom the proxies refuse from now on. It ends when the engine does, and systemd starts it again.",
  "set -u",
  "declare -A followers",
  "follow() {",
  `  docker logs --follow --tail 0 "$1" 2> /dev/null | sed --unbuffered -nE '${refusalExpression}'`,
  "}",
  "while proxies=$(docker ps --no-trunc --quiet --filter label=slipway.service=proxy); do",
  "  for proxy in $proxies; do",
  `    if kill -0 "\${followers[$proxy]:-none}" 2> /dev/null; then continue; fi`,
  '    follow "$proxy" &',
  "    followers[$proxy]=$!",
  "  done",
  "  sleep 10",
  "done",
];

const unit: readonly string[] = [
  "[Unit]",
  "Description=Whom the proxy refuses, for fail2ban",
  "After=docker.service",
  "StartLimitIntervalSec=0",
  "",
  "[Service]",
  `ExecStart=/bin/bash ${script}`,
  `SyslogIdentifier=${refusalsName}`,
  "Restart=always",
  "RestartSec=5",
  "NoNewPrivileges=yes",
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "",
  "[Install]",
  "WantedBy=multi-user.target",
];
