import { createPublicKey, verify } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Refusal } from "../../common/configuration.mjs";

const file = "/etc/postgrest/jwt-secret.jwks";

/** The keys that a realm of Keycloak signs with, by their ids. They are kept in a file, as the original keeps them. */
export async function fetchKeys(keycloak, realm) {
  const address = `${keycloak.replace(/\/$/, "")}/realms/${realm}/protocol/openid-connect/certs`;
  const response = await fetch(address, { signal: AbortSignal.timeout(10_000) }).catch((error) => {
    throw new Refusal(`${address} can't be reached: ${error.cause?.message ?? error.message}`);
  });
  if (!response.ok) throw new Refusal(`${address} answered ${response.status}`);
  const keys = (await response.json()).keys.filter(({ alg }) => alg === "RS256");
  if (keys.length === 0) throw new Refusal(`${address} has no RS256 key`);
  await writeFile(file, JSON.stringify({ keys }));
  return new Map(keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: "jwk" })]));
}

/** What a token says, or undefined when it isn't good. */
export function claimsOf(token, keys, audience) {
  const [head, body, signature] = token.split(".");
  try {
    const { alg, kid } = decoded(head);
    const key = keys.get(kid);
    if (alg !== "RS256" || key === undefined) return undefined;
    const signed = Buffer.from(`${head}.${body}`);
    if (!verify("RSA-SHA256", signed, key, Buffer.from(signature, "base64url"))) return undefined;
    const claims = decoded(body);
    const meant = claims.aud === undefined || [claims.aud].flat().includes(audience);
    return meant && claims.exp * 1000 > Date.now() ? claims : undefined;
  } catch {
    return undefined;
  }
}

function decoded(part) {
  return JSON.parse(Buffer.from(part, "base64url"));
}
