import cluster from "node:cluster";
import { Refusal } from "../../common/configuration.mjs";
import { onStop, service } from "../../common/program.mjs";
import { serve } from "./serve.mjs";
import { configured } from "./settings.mjs";

/** As Gunicorn: one process that starts the workers, each with a pool of its own, and ends them. */
await service(async () => {
  const settings = configured();
  if (cluster.isWorker) return serve(settings);
  let stopping = false;
  cluster.on("exit", () => {
    // The engine starts all anew.
    if (!stopping) process.exit(1);
  });
  const workers = Array.from({ length: settings.WORKERS }, () => cluster.fork());
  onStop(async () => {
    stopping = true;
    await Promise.all(workers.map(ended));
  });
});

function ended(worker) {
  if (worker.isDead()) return;
  worker.process.kill("SIGTERM");
  return new Promise((resolve, reject) => {
    worker.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Refusal(`a worker ended with exit code ${code}`)),
    );
  });
}
