import { stagedMarker } from "../../../lib/host/machine/prelude";
import { machineStateScript } from "../../../lib/host/machineState";
import { type PrepareHostInput, prepareHost } from "../../../operations/steps/prepareHost";
import { type Answer, type Call, inNoTime, machine, says } from "./fakeMachine";

const preparation = {
  files: [
    { path: "/var/lib/slipway/files/etc/motd", mode: "0644", content: "hello\n" },
    { path: stagedMarker, mode: "0644", content: "digest\n" },
  ],
  script: "echo prepared\n",
};
/** Of a machine that has the preparation. */
export const result = { user: "deploy", hostKey: "ssh-ed25519 OWN", digest: "digest" };

/** Runs the step, without waiting. */
export function prepare(change: Partial<PrepareHostInput> = {}) {
  const login = {
    address: "203.0.113.7",
    port: 22,
    users: ["deploy", "root"],
    hostKey: "ssh-ed25519 PINNED",
  };
  const input = { login, preparation, cloudInit: false, machine: "m", timeout: 600, ...change };
  return inNoTime(prepareHost(input));
}

/** What ssh was to do: look at the machine, install, or retire the bootstrap key. */
export function asked({ args, input }: Call): string {
  if (args.at(-1)?.includes("tar -xf") === true) return "install";
  return input === machineStateScript ? "look" : String(args.at(-1));
}

/** Answers looks one after the other, the last one for ever; what is installed works. */
export function looks(...answers: readonly Answer[]): void {
  let next = 0;
  machine.answer = (call) =>
    asked(call) === "look" ? (answers[Math.min(next++, answers.length - 1)] ?? says()) : { exitCode: 0 };
}
