import { adminSocket } from "../../lib/caddyfile";
import { attemptDocker } from "./engine";

export const proxyConfiguration = "/etc/caddy/Caddyfile";

/**
 * Has the proxy ask all upstreams anew. What it has found down it would answer with 503 until it asks next, up to ten
 * seconds after it is back. Loading its configuration once more makes it forget; only where what it serves was down, as
 * a reload may cost a request.
 *
 * @param proxy its container.
 */
export async function askUpstreamsAnew(proxy: string): Promise<void> {
  const options = `--config ${proxyConfiguration} --adapter caddyfile --address unix/${adminSocket}`;
  // One that can't is no worse off: it asks soon.
  await attemptDocker(["exec", proxy, "sh", "-c", `caddy reload --force ${options}`], 60_000);
}

/** Whether one of these containers doesn't run, or isn't there any more. */
export async function anyDown(containers: readonly string[]): Promise<boolean> {
  if (containers.length === 0) return false;
  const format = ["--format", "{{.State.Running}}"];
  const { succeeded, said } = await attemptDocker(["container", "inspect", ...format, ...containers], 10_000);
  return !succeeded || said.split("\n").includes("false");
}
