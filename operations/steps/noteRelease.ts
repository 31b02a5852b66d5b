import { callBackup } from "./backupService";
import { stepMain } from "./step";

export interface NoteReleaseInput {
  /** Name of the backup service's container. */
  readonly service: string;
  /** Pin of each image that serves, by its short name. */
  readonly pins: Readonly<Record<string, string>>;
}

if (require.main === module) {
  void stepMain<NoteReleaseInput>(async ({ service, pins }) => {
    await callBackup(service, "note-release", { release: { pins, since: new Date().toISOString() } });
    return { noted: Object.keys(pins).length };
  });
}
