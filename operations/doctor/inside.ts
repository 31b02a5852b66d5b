import {
  type InspectedContainer,
  judgeContainers,
  judgeMemory,
  judgePublished,
  judgeRestarts,
  serviceOf,
} from "../../lib/doctor/containers";
import { fileSystem, judgeDisk } from "../../lib/doctor/disks";
import { type Finding, ok, warning } from "../../lib/doctor/finding";
import { type InspectedImage, judgeImages } from "../../lib/doctor/images";
import { docker } from "../belongings";
import { Deployment } from "../deployment";
import { alerting } from "./alerting";
import { backedUp, drilled } from "./backedUp";
import { limited } from "./limited";
import type { Subject } from "./subject";

/** What the engine and the containers say of the stack. */
export async function inside(subject: Subject): Promise<Finding[]> {
  let containers: readonly InspectedContainer[] = [];
  const unreached = await limited("engine", 60, async () => {
    containers = await inspected(subject);
    return [];
  });
  // Whatever else there is to ask goes the same way.
  if (unreached.length > 0) return unreached;
  const { stack, state } = subject;
  const running = (service: string) =>
    containers.find((container) => serviceOf(container) === service && container.State.Running);
  const asked = await Promise.all([
    limited("images", 30, () => images(subject, containers)),
    limited("memory limits", 30, () => memory(containers)),
    limited("data disk", 30, () => dataDisk(subject, running("proxy"))),
    limited("newest backup", 45, () => backedUp(subject, running("backup"))),
    limited("last drill", 45, () => drilled(subject, running("drill"))),
    limited("alerts", 30, () => alerting(subject, running("alertmanager"))),
  ]);
  return [
    judgeUpdate(subject),
    ...judgeContainers(stack, containers, state.containers),
    ...judgeRestarts(containers, new Date()),
    judgePublished(containers),
    ...asked.flat(),
  ];
}

/** An update that was killed leaves work open that only another one finishes. */
function judgeUpdate({ stack, state }: Subject): Finding {
  if (state.pending === 0) return ok("last update", "nothing is left open");
  const value = `${state.pending} operations are left open: it was killed`;
  return warning("last update", value, `\`npm run recover -- --stack ${stack}\``);
}

async function inspected({ stack }: Subject): Promise<InspectedContainer[]> {
  const deployment = await Deployment.find(stack);
  const ids = (await deployment.containers()).map(({ id }) => id);
  return ids.length === 0 ? [] : dockerJson("container", "inspect", ...ids);
}

async function images(
  { stack, settings, images: pins }: Subject,
  containers: readonly InspectedContainer[],
): Promise<Finding[]> {
  const { registries, imageMirror: mirror } = settings;
  const names = new Set(containers.flatMap(({ Image, Config }) => [Image, Config.Image]));
  const found = await Promise.all([...names].map(inspectedImage));
  return [judgeImages(stack, containers, found.flat(), { images: pins, registries, mirror })];
}

/** None when it has gone: a container runs on without its image. */
async function inspectedImage(name: string): Promise<InspectedImage[]> {
  try {
    return await dockerJson("image", "inspect", name);
  } catch (error) {
    if (String((error as Error).message).includes("No such image")) return [];
    throw error;
  }
}

async function memory(containers: readonly InspectedContainer[]): Promise<Finding> {
  const [bytes] = await docker("info", "--format", "{{.MemTotal}}");
  return judgeMemory(containers, Number(bytes));
}

/** The proxy's volume is on the same disk as all others, and its image has df. */
async function dataDisk({ settings }: Subject, proxy: InspectedContainer | undefined): Promise<Finding> {
  const what = "data disk";
  if (proxy === undefined) {
    return warning(what, "the proxy doesn't run, from which it is looked at", "see to the containers first");
  }
  const lines = await docker("exec", proxy.Id, "df", "-kP", "/data");
  const { disk } = settings.observability.thresholds;
  return judgeDisk(
    what,
    fileSystem(lines),
    disk,
    "`docker system df` tells what takes it up; docs/runbooks/disk-space-low.md",
  );
}

async function dockerJson<Result>(...args: readonly string[]): Promise<Result> {
  return JSON.parse((await docker(...args)).join("\n")) as Result;
}
