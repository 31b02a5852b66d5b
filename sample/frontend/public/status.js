const everyMs = 10_000;
const status = document.querySelector("#status");
const banner = document.querySelector("#new-release");

/** The release this page came with; another one on the server means that a reload brings something new. */
let pageVersion;

export function startStatus() {
  banner.querySelector("[data-reload]").addEventListener("click", () => location.reload());
  setInterval(refreshStatus, everyMs);
  return refreshStatus();
}

export async function refreshStatus() {
  await Promise.all([showPage(), showServer()]);
}

async function showPage() {
  const version = await fetch("/version.json").then(
    async (answer) => (await answer.json()).version,
    () => undefined,
  );
  if (version === undefined) return;
  pageVersion ??= version;
  set("frontend", pageVersion);
  banner.querySelector("[data-version]").textContent = version;
  banner.hidden = version === pageVersion;
}

async function showServer() {
  try {
    // 503 is an answer like any other here: its body tells what is amiss.
    const health = await (await fetch("/api/health")).json();
    set("backend", health.version);
    set("health", health.status, health.status === "healthy");
    set("database", dependency(health.database), health.database.status === "healthy");
    set("redis", dependency(health.redis), health.redis.status === "healthy");
    set("migrations", migrations(health.migrations), health.migrations.pending.length === 0);
    set("uptime", duration(health.uptime));
  } catch {
    set("health", "no answer", false);
    for (const field of ["database", "redis", "migrations", "uptime"]) set(field, "unknown");
  }
}

function set(field, text, good) {
  const element = status.querySelector(`[data-field="${field}"]`);
  element.textContent = text;
  element.dataset.tone = good === undefined ? "" : good ? "good" : "bad";
}

function dependency({ status, latencyMs }) {
  return status === "healthy" ? `${latencyMs} ms` : "no answer";
}

function migrations({ applied, pending }) {
  return pending.length === 0 ? `${applied} applied` : `${pending.length} pending`;
}

function duration(seconds) {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h`;
}
