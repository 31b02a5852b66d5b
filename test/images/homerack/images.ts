import { homerack } from "../../../apps/homerack";
import type { SystemImages } from "../../engine/harness/systemImages";

export const homerackImages: SystemImages = { app: homerack, images: { backend: {}, frontend: {} } };
