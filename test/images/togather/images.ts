import { togather } from "../../../apps/togather";
import type { SystemImages } from "../../engine/harness/systemImages";

export const togatherImages: SystemImages = {
  app: togather,
  images: {
    server: {},
    migrations: {
      goPrograms: {
        migrate: {
          folder: "togather/migrations/program",
          package: "github.com/golang-migrate/migrate/v4/cmd/migrate",
          tags: "postgres",
        },
      },
    },
  },
  misbehaviours: { "v1.1.0-failing-migration": "failing-migration" },
};
