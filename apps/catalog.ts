import { clubhouse } from "./clubhouse";
import { homerack } from "./homerack";
import type { AppSpec } from "./spec";
import { togather } from "./togather";

/** The systems that a stack can name with `app`. */
export const catalog: Readonly<Record<string, AppSpec>> = { clubhouse, homerack, togather };
