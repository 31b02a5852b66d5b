import { release } from "../../common/release.mjs";

/** Folders of the migrations that this release has, by the release that brought them. */
export const schemas = ["1.0", "1.1"].filter(
  (schema) => release.localeCompare(schema, "en", { numeric: true }) >= 0,
);

/** Whether the database has them all. */
export async function isCurrent(pool) {
  const { rows } = await pool.query("SELECT count(*)::int AS count FROM schema_migrations");
  return rows[0].count >= schemas.length;
}
