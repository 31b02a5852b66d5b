import { readdir, readlink } from "node:fs/promises";

/**
 * Kills what runs in a folder. A killed pulumi leaves its plugins behind, each in a process group of its own; all of them
 * were started in the project's folder. Where there is no /proc, they stay.
 */
export async function killProcessesIn(folder: string): Promise<void> {
  const processes = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    processes.map(async (id) => {
      const place = await readlink(`/proc/${id}/cwd`).catch(() => undefined);
      // What the kernel adds when the folder has been removed.
      if (place?.replace(/ \(deleted\)$/, "") === folder) kill(Number(id));
    }),
  );
}

function kill(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
