import { createHmac, timingSafeEqual } from "node:crypto";

const sign = (payload, secret) => createHmac("sha256", secret).update(payload).digest("base64url");

/** What says who has logged in, signed. */
export function tokenFor(subject, secret) {
  const payload = Buffer.from(JSON.stringify({ subject })).toString("base64url");
  return { token: `${payload}.${sign(payload, secret)}` };
}

export function isValid(token = "", secret) {
  const [payload = "", signature = ""] = token.split(".");
  const [given, expected] = [Buffer.from(signature), Buffer.from(sign(payload, secret))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
