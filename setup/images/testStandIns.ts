import type { StandIn } from "./standIn";

/** The S3 store that the tests keep backups in. Only they make it: no stack runs it, so `npm start` needs none. */
export const storeStandIn: StandIn = {
  folder: "versitygw",
  image: "versity/versitygw:v1.8.0",
  contents: "Versity S3 Gateway built from its Go module on Debian bookworm",
  suite: "bookworm",
  goPrograms: {
    versitygw: { folder: "versitygw/program", package: "github.com/versity/versitygw/cmd/versitygw" },
  },
};
