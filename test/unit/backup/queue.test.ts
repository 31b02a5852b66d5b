import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Queue } from "../../../images/backup/queue.mjs";

test("does one thing at a time in the order of asking, whatever fails", async () => {
  const works = fc.array(fc.record({ milliseconds: fc.nat(3), fails: fc.boolean() }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(works, async (asked) => {
      const queue = new Queue();
      const begun: number[] = [];
      let running = 0;
      const results = await Promise.allSettled(
        asked.map(({ milliseconds, fails }, index) =>
          queue.add(async () => {
            begun.push(index);
            running += 1;
            expect(running).toBe(1);
            await sleep(milliseconds);
            running -= 1;
            if (fails) throw new Error(`${index} failed`);
            return index;
          }),
        ),
      );
      expect(begun).toEqual(asked.map((_, index) => index));
      expect(results).toEqual(
        asked.map(({ fails }, index) =>
          fails
            ? { status: "rejected", reason: new Error(`${index} failed`) }
            : { status: "fulfilled", value: index },
        ),
      );
      expect(queue.length).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test("goes on after work that throws before it begins", async () => {
  const queue = new Queue();
  const failed = queue.add(() => {
    throw new Error("at once");
  });
  const next = queue.add(async () => "done");
  await expect(failed).rejects.toThrow("at once");
  expect(await next).toBe("done");
});

test("counts what waits and what is being done, and is idle after it", async () => {
  const queue = new Queue();
  let done = false;
  void queue.add(() => sleep(5));
  void queue.add(async () => {
    await sleep(5);
    done = true;
  });
  expect(queue.length).toBe(2);
  await queue.idle();
  expect(done).toBe(true);
  expect(queue.length).toBe(0);
});
