import type { Pool } from "pg";

export interface Note {
  readonly id: string;
  readonly text: string;
  /** The username, or null when nobody was logged in. */
  readonly author: string | null;
  readonly createdAt: Date;
}

/** The notes in the database. Needs SELECT and INSERT only. */
export class Notes {
  readonly #pool: Pool;
  readonly #textColumn: string;
  readonly #columns: string;

  /** @param textColumn as the schema of this release has it */
  constructor(pool: Pool, textColumn: string) {
    this.#pool = pool;
    this.#textColumn = textColumn;
    this.#columns = `id, ${textColumn} AS text, author, created_at AS "createdAt"`;
  }

  /** Newest first. */
  async list(limit: number): Promise<readonly Note[]> {
    const { rows } = await this.#pool.query<Note>(
      `SELECT ${this.#columns} FROM notes ORDER BY created_at DESC, id LIMIT $1`,
      [limit],
    );
    return rows;
  }

  async count(): Promise<number> {
    const { rows } = await this.#pool.query<{ count: number }>("SELECT count(*)::int AS count FROM notes");
    return rows[0]?.count ?? 0;
  }

  /** Writes the note unless its id is there already. When the promise resolves, the row is committed. */
  async add(id: string, text: string, author: string | null): Promise<{ note: Note; created: boolean }> {
    const inserted = await this.#pool.query<Note>(
      `INSERT INTO notes (id, ${this.#textColumn}, author) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING RETURNING ${this.#columns}`,
      [id, text, author],
    );
    if (inserted.rows[0]) return { note: inserted.rows[0], created: true };
    const existing = await this.#pool.query<Note>(`SELECT ${this.#columns} FROM notes WHERE id = $1`, [id]);
    if (!existing.rows[0]) throw new Error(`note ${id} was deleted while it was written`);
    return { note: existing.rows[0], created: false };
  }
}
