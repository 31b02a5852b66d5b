// @ts-check

/** @typedef {import("./containers.mjs").Container} Container */

/** @type {readonly (readonly [name: string, type: "gauge" | "counter", help: string, value: (container: Container) => number | undefined])[]} */
const perContainer = [
  ["running", "gauge", "Whether it runs.", ({ running }) => Number(running)],
  [
    "healthy",
    "gauge",
    "Whether it runs and its health check passes.",
    ({ running, health }) => (health === undefined ? undefined : Number(running && health === "healthy")),
  ],
  ["restarts_total", "counter", "Starts after it had ended, whoever did it.", ({ restarts }) => restarts],
  [
    "oom_kills_total",
    "counter",
    "Times the kernel killed a process for want of memory.",
    ({ oomKills }) => oomKills,
  ],
  ["heals_total", "counter", "Restarts by the guardian.", ({ heals }) => heals],
  ["given_up", "gauge", "Whether the guardian has reached its limit.", ({ givenUp }) => Number(givenUp)],
  [
    "start_time_seconds",
    "gauge",
    "When it was last started.",
    ({ startedAt }) => (startedAt === "" ? undefined : Date.parse(startedAt) / 1000),
  ],
];

/**
 * All metrics in the text format of Prometheus.
 * @param {readonly Container[]} containers
 * @param {boolean} engineUp
 * @returns {string}
 */
export function metricsText(containers, engineUp) {
  const lines = head("slipway_guardian_engine_up", "gauge", "Whether the engine answers.");
  lines.push(`slipway_guardian_engine_up ${Number(engineUp)}`);
  for (const [name, type, help, read] of perContainer) {
    lines.push(...head(`slipway_container_${name}`, type, help));
    for (const container of containers) {
      const value = read(container);
      if (value !== undefined) lines.push(`slipway_container_${name}{${labels(container)}} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/**
 * @param {string} name
 * @param {string} type
 * @param {string} help
 */
function head(name, type, help) {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** @param {Container} container */
function labels({ service, release, name }) {
  return [
    `service="${escaped(service)}"`,
    `release="${escaped(release)}"`,
    `container="${escaped(name)}"`,
  ].join(",");
}

/** @param {string} value */
function escaped(value) {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
