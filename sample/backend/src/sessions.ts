import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Redis } from "./redis.js";

const lifetimeSeconds = 12 * 60 * 60;
const cookieName = "session";
// Only ever sent by our own pages, over TLS, and out of reach of scripts.
const cookieAttributes = "Path=/; HttpOnly; Secure; SameSite=Strict";

const sessionData = z.object({ username: z.string(), role: z.enum(["admin", "member"]) });
export type Session = z.output<typeof sessionData>;

/** Sessions live in Redis, so every replica and every release knows them. */
export class Sessions {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Opens a session; returns the Set-Cookie header. */
  async open(session: Session): Promise<string> {
    const token = randomBytes(32).toString("base64url");
    await this.#redis.commands.set(key(token), JSON.stringify(session), {
      expiration: { type: "EX", value: lifetimeSeconds },
    });
    return `${cookieName}=${token}; Max-Age=${lifetimeSeconds}; ${cookieAttributes}`;
  }

  async find(cookies: string | undefined): Promise<Session | undefined> {
    const token = tokenOf(cookies);
    const stored = token && (await this.#redis.commands.get(key(token)));
    return stored ? sessionData.parse(JSON.parse(stored)) : undefined;
  }

  /** Ends the session, if there is one; returns the Set-Cookie header. */
  async end(cookies: string | undefined): Promise<string> {
    const token = tokenOf(cookies);
    if (token) await this.#redis.commands.del(key(token));
    return `${cookieName}=; Max-Age=0; ${cookieAttributes}`;
  }
}

/** Redis keeps the hash only: who reads Redis or its dump can't use the sessions in it. */
function key(token: string): string {
  return `session:${createHash("sha256").update(token).digest("hex")}`;
}

function tokenOf(cookies: string | undefined): string | undefined {
  return cookies?.match(/(?:^|;\s*)session=([\w-]{43})(?:;|$)/)?.[1];
}
