import { createHash } from "node:crypto";

/**
 * The password's hash as the proxy takes it. The same for the same password, with a salt made from it: a new salt each
 * time would be a change at each update. That is no loss here, where passwords are not people's own.
 */
export function bcryptHash(password: string): string {
  // Loaded when there is a login: most systems have none.
  const bcrypt = require("bcryptjs") as typeof import("bcryptjs");
  const salt = createHash("sha256").update(password).digest().subarray(0, 16);
  return bcrypt.hashSync(password, `$2b$${cost}$${bcrypt.encodeBase64([...salt], salt.length)}`);
}

/** Caddy's own default is 14, which takes seconds in JavaScript; against 32 random characters nothing is needed. */
const cost = 10;
