import { createHmac, timingSafeEqual } from "node:crypto";

const toleranceSeconds = 300;

/** Whether a header `Stripe-Signature` is of this body, by this secret, and of now: `t=1760000000,v1=…`. */
export function isSigned(body, header, secret) {
  const parts = Object.fromEntries((header ?? "").split(",").map((part) => part.split("=", 2)));
  const age = Math.abs(Date.now() / 1000 - Number(parts.t));
  if (!(age <= toleranceSeconds)) return false;
  const expected = createHmac("sha256", secret).update(`${parts.t}.`).update(body).digest();
  const given = Buffer.from(parts.v1 ?? "", "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
