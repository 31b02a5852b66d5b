import { clubhouse } from "./clubhouse";
import type { AppSpec } from "./spec";

/** The systems that a stack can name with `app`. */
export const catalog: Readonly<Record<string, AppSpec>> = { clubhouse };
