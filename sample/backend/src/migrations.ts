import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const ownFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** The table that node-pg-migrate keeps; the role of the server needs SELECT on it. */
export const migrationsTable = "schema_migrations";

/** The SQL files of this image, or of another folder, in the order they are applied. */
export function migrationFiles(misbehaviour: string | undefined, folder = ownFolder): readonly string[] {
  const named = (file: string) => file.endsWith(`_${misbehaviour}.sql`);
  const next = sqlFiles(join(folder, "next"));
  return [
    ...sqlFiles(folder),
    ...sqlFiles(join(folder, "misbehave")).filter(named),
    // A later release brings the migrations of those before it.
    ...next.slice(0, next.findIndex(named) + 1),
  ];
}

/** The name under which the table records a file. */
export function migrationName(file: string): string {
  return basename(file, ".sql");
}

function sqlFiles(directory: string): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => join(directory, file));
}
