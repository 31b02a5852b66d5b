import { clubhouse } from "./clubhouse";
import type { AppSpec } from "./spec";
import { togather } from "./togather";

/** The systems that a stack can name with `app`. */
export const catalog: Readonly<Record<string, AppSpec>> = { clubhouse, togather };
