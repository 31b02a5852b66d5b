import { adminSocket, statusPort } from "../../lib/caddyfile";
import { servesRequests, upstreamsFolder } from "../../lib/upstream";
import { attemptDocker, docker, indented } from "./engine";
import { anyDown, askUpstreamsAnew, proxyConfiguration } from "./proxyRecovery";
import { type StartableContainer, startContainer } from "./start";
import { awaitStartup, newcomers, type StartupCheck } from "./startupChecks";
import { StepError, sleep, stepMain } from "./step";

export interface ApplyProxyConfigurationInput {
  /** The proxy. */
  readonly container: StartableContainer;
  readonly caddyfile: string;
  /** Name of the container by the slot that the Caddyfile has for it. */
  readonly slots: Readonly<Record<string, string>>;
  /** What new containers must answer before the traffic goes to them. */
  readonly startup?: readonly StartupCheck[];
  /** Addresses of these containers, `host:port`, as the proxy reports those that serve requests. */
  readonly upstreams: readonly string[];
  /** Seconds that requests on the old upstreams have to end. */
  readonly drain: number;
  /** Seconds until the proxy must be ready. */
  readonly timeout: number;
}

interface UpstreamState {
  readonly address: string;
  readonly num_requests: number;
}

const candidate = "/etc/caddy/Caddyfile.next";
const pollInterval = 100;

/**
 * Switches the traffic to the upstreams without closing a connection, and returns when no request is left on any other.
 * The engine may delete those then. The switch is a file for each of them; the proxy's configuration is written, checked
 * and loaded only when something else in it changes.
 */
async function apply(
  input: ApplyProxyConfigurationInput,
): Promise<{ readonly undrained: readonly string[] }> {
  const { caddyfile, slots, startup = [], upstreams, drain, timeout } = input;
  const container = input.container.id;
  await startContainer(input.container);
  await awaitAdmin(container, timeout);
  await awaitStartup(container, await newcomers(container, slots, startup), timeout);
  const before = await proposeUpstreams(container, slots);
  const current = await docker(["exec", container, "cat", proxyConfiguration]);
  const changes = current.trim() !== caddyfile.trim();
  if (changes) {
    await writeCandidate(container, caddyfile);
    await loadCandidate(container);
    // Only now: if the proxy restarts, it comes back with what it last accepted.
    await docker(["exec", "--user", "0", container, "mv", candidate, proxyConfiguration]);
  }
  await switchUpstreams(container, Object.keys(slots));
  const replaced = before.filter((name) => !Object.values(slots).includes(name));
  if (!changes && (await anyDown(replaced))) await askUpstreamsAnew(container);
  return { undrained: await drained(container, upstreams, drain) };
}

/** Beside the files that are in use; a new slot has no other yet. Gives what has served so far in these slots. */
async function proposeUpstreams(
  container: string,
  slots: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const lines = Object.entries(slots).flatMap(([slot, name]) => {
    const file = `${upstreamsFolder}/${slot}`;
    return [
      `printf %s ${name} > ${file}.next`,
      `if [ -e ${file} ]; then cat ${file}; echo; else cp ${file}.next ${file}; fi`,
    ];
  });
  const script = ["umask 022", `mkdir -p ${upstreamsFolder}`, ...lines].join(" && ");
  const served = await docker(["exec", "--user", "0", container, "sh", "-c", script]);
  return served.split("\n").filter((name) => name !== "");
}

async function switchUpstreams(container: string, slots: readonly string[]): Promise<void> {
  if (slots.length === 0) return;
  // A rename: whoever reads sees the old name or the new one.
  const script = slots
    .map((slot) => `mv ${upstreamsFolder}/${slot}.next ${upstreamsFolder}/${slot}`)
    .join(" && ");
  await docker(["exec", "--user", "0", container, "sh", "-c", script]);
}

async function awaitAdmin(container: string, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const { succeeded, said } = await attemptDocker(["exec", container, "test", "-S", adminSocket], 5_000);
    if (succeeded) return;
    if (Date.now() > deadline) throw new StepError(`Proxy did not start within ${seconds} s: ${said}`);
    await sleep(pollInterval);
  }
}

async function writeCandidate(container: string, caddyfile: string): Promise<void> {
  // The proxy's own user can read its configuration but not change it, so it is written as root.
  await docker(
    ["exec", "-i", "--user", "0", container, "sh", "-c", `umask 022 && cat > ${candidate}`],
    caddyfile,
  );
}

/** A configuration that the proxy doesn't take leaves the one that it has untouched. */
async function loadCandidate(container: string): Promise<void> {
  const options = `--config ${candidate} --adapter caddyfile`;
  const script = `caddy validate ${options} && caddy reload ${options} --address unix/${adminSocket}`;
  const { succeeded, said } = await attemptDocker(["exec", container, "sh", "-c", script], 60_000);
  if (succeeded) return;
  throw new StepError(
    [
      "Proxy refused its configuration: the update stops here, and the earlier one still serves.",
      indented(said.split("\n").slice(-20).join("\n")),
      "  What to do: mend what the lines name, or set the earlier pins again, and run `pulumi up`.",
    ].join("\n"),
  );
}

/**
 * Waits for the open requests on other containers than these. The proxy counts them by the address that it connected to,
 * from 2.11.3 on (caddy#7277). WebSockets are counted under names of their own and not waited for: the application closes
 * them, with the code that tells clients to reconnect, when it gets its stop signal.
 */
async function drained(
  container: string,
  upstreams: readonly string[],
  seconds: number,
): Promise<readonly string[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const open = (await upstreamStates(container)).filter(
      ({ address, num_requests }) =>
        servesRequests(address) && !upstreams.includes(address) && num_requests > 0,
    );
    if (open.length === 0) return [];
    if (Date.now() > deadline) {
      const count = open.reduce((sum, { num_requests }) => sum + num_requests, 0);
      process.stderr.write(
        `${count} requests still run on the old release after ${seconds} s; they get its stop grace\n`,
      );
      return open.map(({ address }) => address);
    }
    await sleep(pollInterval);
  }
}

async function upstreamStates(container: string): Promise<readonly UpstreamState[]> {
  const url = `http://127.0.0.1:${statusPort}/reverse_proxy/upstreams`;
  return JSON.parse(await docker(["exec", container, "wget", "-q", "-O", "-", url])) as UpstreamState[];
}

if (require.main === module) void stepMain(apply);
