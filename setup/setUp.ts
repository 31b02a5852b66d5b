import { setUpDocker } from "./docker";
import { setUpImages } from "./images";
import { createReach } from "./network";
import { setUpToolchain } from "./toolchain";

/** What the set-up found out about the machine. */
export interface Surroundings {
  /** Whether no image registry answers, so that the images are stand-ins on a local one. */
  readonly airGapped: boolean;
}

/** Everything that the stack `local` needs on this machine. What is there already is left alone. */
export async function setUp(): Promise<Surroundings> {
  await setUpDocker();
  const reach = createReach();
  const airGapped = !(await reach.registry());
  await Promise.all([setUpToolchain(reach), setUpImages({ airGapped })]);
  return { airGapped };
}
