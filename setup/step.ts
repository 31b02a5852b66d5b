/** One piece of the set-up. It is skipped when what it makes is there already. */
export interface Step {
  /** What is set up, in a few words: "Pulumi CLI 3.246.0, built from Go modules". */
  readonly title: string;
  /** Whether what the step makes is there. Must be quick: a second run asks every step. */
  done(): Promise<boolean>;
  /** Makes it. Throws {@link SetupError} with what to do when it can't be made here. */
  run(): Promise<void>;
}

/** A failure that the user can mend; its message says how. Printed without a stack trace. */
export class SetupError extends Error {}

const progressInterval = 20_000;

/**
 * Runs the step unless it is done, telling what it does when it starts, every 20 s while it runs, and how long it
 * took. Steps that need nothing of each other run side by side: `Promise.all([runStep(a), runStep(b)])`.
 */
export async function runStep(step: Step): Promise<void> {
  if (await step.done()) {
    console.log(`  ready    ${step.title}`);
    return;
  }
  const started = Date.now();
  const elapsed = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  console.log(`  start    ${step.title}`);
  const progress = setInterval(
    () => console.log(`  running  ${step.title}, ${elapsed()} so far`),
    progressInterval,
  );
  try {
    await step.run();
    console.log(`  done     ${step.title}, ${elapsed()}`);
  } catch (error) {
    console.log(`  failed   ${step.title}, ${elapsed()}`);
    throw error;
  } finally {
    clearInterval(progress);
  }
}
