import type { AppSpec } from "../apps/spec";
import { configurationProblems } from "./specProblems/configuration";
import { dataProblems } from "./specProblems/data";
import { imageProblems } from "./specProblems/images";
import { processProblems } from "./specProblems/processes";
import { referenceProblems } from "./specProblems/references";
import { routeProblems } from "./specProblems/routes";
import { serviceProblems } from "./specProblems/services";

const systemName = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * What is wrong with a system's spec, one line a problem, each with the system and the key. Types say what a spec may
 * hold, this what fits together. Whoever adds a system has it in a test, and no stack of one with problems is updated.
 */
export function specProblems(app: AppSpec): string[] {
  const name = systemName.test(app.name)
    ? []
    : [`name must be lower case letters, digits and hyphens, beginning with a letter`];
  return [
    ...name,
    ...referenceProblems(app),
    ...imageProblems(app),
    ...serviceProblems(app),
    ...processProblems(app),
    ...routeProblems(app),
    ...dataProblems(app),
    ...configurationProblems(app),
  ].map((problem) => `${app.name}: ${problem}`);
}
