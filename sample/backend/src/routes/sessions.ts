import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Services } from "../app.js";
import { verifyPassword } from "../passwords.js";
import type { Session } from "../sessions.js";

const credentials = z.object({ username: z.string().min(1).max(64), password: z.string().min(1).max(256) });

interface User extends Session {
  readonly password_hash: string;
}

export function sessionRoutes(api: FastifyInstance, { pool, sessions }: Services): void {
  api.post("/login", async (request, reply) => {
    const { username, password } = credentials.parse(request.body);
    const { rows } = await pool.query<User>(
      "SELECT username, role, password_hash FROM users WHERE lower(username) = lower($1)",
      [username],
    );
    const user = rows[0];
    const correct = await verifyPassword(password, user?.password_hash);
    if (!user || !correct) return reply.code(401).send({ error: "wrong username or password" });
    const session = { username: user.username, role: user.role };
    return reply.header("set-cookie", await sessions.open(session)).send(session);
  });

  api.post("/logout", async (request, reply) =>
    reply
      .header("set-cookie", await sessions.end(request.headers.cookie))
      .code(204)
      .send(),
  );

  api.get("/me", async (request, reply) => {
    const session = await sessions.find(request.headers.cookie);
    return session ?? reply.code(401).send({ error: "nobody is logged in" });
  });
}
