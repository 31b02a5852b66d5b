import { type Finding, failed } from "../../lib/doctor/finding";

/** Looks at something, and gives what it found. */
export type Look = () => Promise<readonly Finding[] | Finding>;

/** Has a look end within its time: what gives no answer is a finding too, and holds up nothing else. */
export async function limited(what: string, seconds: number, look: Look): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    const finding = failed(what, `no answer within ${seconds} s`, "try again; then look at it by hand");
    timer = setTimeout(() => resolve(finding), seconds * 1000);
  });
  try {
    return [await Promise.race([look(), late])].flat();
  } catch (error) {
    return [failed(what, oneLine(error), "see to what the message names")];
  } finally {
    clearTimeout(timer);
  }
}

/** Without what execa puts in front, which is the whole command line. */
function oneLine(error: unknown): string {
  const { stderr } = error as { stderr?: unknown };
  const text =
    typeof stderr === "string" && stderr !== "" ? stderr : String((error as Error).message ?? error);
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}
