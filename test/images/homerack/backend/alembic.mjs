import { Refusal } from "../../common/configuration.mjs";
import { migrate } from "../../common/postgres.mjs";
import { job } from "../../common/program.mjs";
import { schemas } from "./schema.mjs";
import { configured } from "./settings.mjs";

const folder = `${import.meta.dirname}/migrations/{${schemas.join(",")},}`;
const directions = { "upgrade head": { direction: "up" }, "downgrade -1": { direction: "down", count: 1 } };

await job(async () => {
  const command = process.argv.slice(2).join(" ");
  const direction = directions[command];
  if (direction === undefined) throw new Refusal(`alembic: no such command: ${command}`);
  const { DATABASE_URL } = configured();
  await migrate({ connectionString: DATABASE_URL }, { folder, ...direction });
});
