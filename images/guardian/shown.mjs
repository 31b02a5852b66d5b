// @ts-check

/**
 * What the gate shows of the engine's answers: the fields that statistics and a look at the state need, by name. Secrets
 * are in what is left out: environment, command lines, the output of health checks, mounts, labels of other programs.
 */

/** @typedef {Readonly<Record<string, any>>} Fields */

const inspection = ["Id", "Name", "Created", "Image", "RestartCount", "Platform", "Driver"];
const state = [
  "Status",
  "Running",
  "Paused",
  "Restarting",
  "OOMKilled",
  "Dead",
  "Pid",
  "ExitCode",
  "StartedAt",
  "FinishedAt",
];
const config = ["Hostname", "Image", "User", "StopSignal", "StopTimeout"];
const hostConfig = [
  ...["Memory", "MemoryReservation", "MemorySwap", "PidsLimit", "RestartPolicy", "NetworkMode"],
  ...["CpuShares", "NanoCpus", "CpuPeriod", "CpuQuota", "CpusetCpus"],
];
const listing = ["Id", "Names", "Image", "ImageID", "Created", "State", "Status", "Ports"];
const event = ["status", "id", "from", "Type", "Action", "scope", "time", "timeNano"];
const attributes = ["name", "image", "exitCode", "signal", "oldName"];

/** An exec's action has its command line in it. */
const shownActions = new Set([
  ...["create", "start", "restart", "die", "stop", "kill", "oom", "destroy", "rename", "pause", "unpause"],
  ...["update", "resize", "attach", "detach", "health_status"],
]);

/** @param {Fields} full what `docker inspect` says */
export function shownInspection(full) {
  return {
    ...picked(full, inspection),
    Path: "",
    Args: [],
    State: {
      ...picked(full.State, state),
      ...(full.State?.Health === undefined
        ? {}
        : { Health: { ...picked(full.State.Health, ["Status", "FailingStreak"]), Log: [] } }),
    },
    Config: { ...picked(full.Config, config), Env: [], Cmd: [], Labels: shownLabels(full.Config?.Labels) },
    HostConfig: picked(full.HostConfig, hostConfig),
    Mounts: [],
    NetworkSettings: { Networks: {} },
  };
}

/** @param {Fields} full one of what `docker ps` lists */
export function shownListing(full) {
  return {
    ...picked(full, listing),
    Command: "",
    Labels: shownLabels(full.Labels),
    HostConfig: picked(full.HostConfig, ["NetworkMode"]),
    Mounts: [],
    NetworkSettings: { Networks: {} },
  };
}

/**
 * @param {Fields} full
 * @returns {Fields | undefined} undefined when the event isn't shown
 */
export function shownEvent(full) {
  const action = String(full.Action).split(":")[0] ?? "";
  if (full.Type !== "container" || !shownActions.has(action)) return undefined;
  const known = full.Actor?.Attributes;
  return {
    ...picked(full, event),
    Actor: { ID: full.Actor?.ID, Attributes: { ...picked(known, attributes), ...shownLabels(known) } },
  };
}

/** @param {Fields | null | undefined} labels */
function shownLabels(labels) {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => name.startsWith("slipway.")));
}

/**
 * @param {Fields | null | undefined} full
 * @param {readonly string[]} names
 * @returns {Record<string, any>}
 */
function picked(full, names) {
  return Object.fromEntries(
    names.flatMap((name) => (full?.[name] === undefined ? [] : [[name, full[name]]])),
  );
}
