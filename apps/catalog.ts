import { civicOs } from "./civicOs";
import { clubhouse } from "./clubhouse";
import { freshtrack } from "./freshtrack";
import { homerack } from "./homerack";
import type { AppSpec } from "./spec";
import { togather } from "./togather";

/** The systems that a stack can name with `app`. */
export const catalog: Readonly<Record<string, AppSpec>> = {
  "civic-os": civicOs,
  clubhouse,
  freshtrack,
  homerack,
  togather,
};
