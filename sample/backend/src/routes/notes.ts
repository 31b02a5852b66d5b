import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Services } from "../app.js";

const listQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) });
const newNote = z.object({
  /** Chosen by the client, a request can be repeated after a lost answer without writing twice. */
  id: z.uuid().default(() => randomUUID()),
  text: z.string().trim().min(1).max(2000),
});

/** The channel over which a replica tells the others of a new note. */
export const notesChannel = "notes";

export function noteRoutes(api: FastifyInstance, { notes, sessions, redis }: Services): void {
  api.get("/notes", async (request) => {
    const { limit } = listQuery.parse(request.query);
    return { notes: await notes.list(limit) };
  });

  api.get("/notes/count", async () => ({ count: await notes.count() }));

  api.post("/notes", async (request, reply) => {
    const { id, text } = newNote.parse(request.body);
    const session = await sessions.find(request.headers.cookie);
    const { note, created } = await notes.add(id, text, session?.username ?? null);
    if (!created && note.text !== text) {
      return reply.code(409).send({ error: `another note has the id ${id}` });
    }
    if (created) {
      // The note is safe in the database; an open page that misses the message sees it when it loads the list.
      redis.commands
        .publish(notesChannel, JSON.stringify({ type: "note", note }))
        .catch((err) => request.log.warn({ err }, "a new note was not announced"));
    }
    return reply.code(created ? 201 : 200).send(note);
  });
}
