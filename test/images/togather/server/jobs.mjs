import { onStop } from "../../common/program.mjs";

const pollMs = 500;
const staleMs = 5_000;

/** Does what is in the queue, and tells whether it gets at it. */
export function workOff(pool) {
  let last = 0;
  const turn = async () => {
    try {
      await pool.query(
        `UPDATE river_job SET state = 'completed' WHERE id IN (
           SELECT id FROM river_job WHERE state = 'available' ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED)`,
      );
      last = Date.now();
    } catch (error) {
      console.error(`job queue: ${error.message}`);
    }
  };
  void turn();
  const timer = setInterval(turn, pollMs);
  onStop(() => clearInterval(timer));
  return { operational: () => Date.now() - last < staleMs };
}
