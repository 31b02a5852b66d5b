import { address, readConfiguration } from "../../common/configuration.mjs";
import { migrate } from "../../common/postgres.mjs";
import { job } from "../../common/program.mjs";

await job(async () => {
  const { DATABASE_URL } = readConfiguration({ DATABASE_URL: address("postgresql", "postgres") });
  await migrate({ connectionString: DATABASE_URL }, { folder: `${import.meta.dirname}/migrations` });
});
