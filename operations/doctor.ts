import { exitCodeOf, reportLines } from "../lib/doctor/finding";
import { inside } from "./doctor/inside";
import { machine } from "./doctor/machine";
import { outside } from "./doctor/outside";
import { subjectOf } from "./doctor/subject";
import { readOptions } from "./options";
import { OperationError, operationMain } from "./pulumi";

const usage = "npm run doctor -- --stack S [--json]";

/** Looks at a stack from outside and inside, and says what isn't well. It changes nothing. */
async function doctor(): Promise<void> {
  const { stack, json } = readOptions(usage, { stack: { type: "string" }, json: { type: "boolean" } });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  const subject = await subjectOf(stack);
  const looks = [outside(subject), inside(subject), machine(subject)];
  const findings = (await Promise.all(looks)).flat();
  const exitCode = exitCodeOf(findings);
  console.log(
    json === true
      ? JSON.stringify({ stack, exitCode, findings }, undefined, 2)
      : reportLines(findings).join("\n"),
  );
  process.exitCode = exitCode;
  // What hasn't answered in time may go on trying.
  setTimeout(() => process.exit(), 1_000).unref();
}

void operationMain(doctor);
