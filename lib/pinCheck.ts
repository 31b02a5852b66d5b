import { byDigest, byTag } from "./image";

/** What a registry says of an image: its digest, or why there is none. */
export type RegistryAnswer = { readonly digest: string } | { readonly reason: string };

export type AskRegistry = (reference: string) => Promise<RegistryAnswer>;

/** What comes of a pin. */
export type PinVerdict =
  /** It gets a digest. */
  | { readonly kind: "new"; readonly pin: string }
  /** It has one, and stays; perhaps with something to think of. */
  | { readonly kind: "kept"; readonly warning?: string }
  /** The registry hasn't got the image. */
  | { readonly kind: "missing"; readonly reference: string; readonly reason: string };

/**
 * Holds a pin against its registry. A digest that is there is never exchanged: it is what was tried out.
 *
 * @param reference the name that the stack pulls it by.
 */
export async function checkPin(pin: string, reference: string, ask: AskRegistry): Promise<PinVerdict> {
  const tagged = byTag(reference);
  const exact = byDigest(reference);
  if (exact === undefined) {
    const answer = await ask(reference);
    if ("reason" in answer) return { kind: "missing", reference, ...answer };
    return { kind: "new", pin: `${pin}@${answer.digest}` };
  }
  const now = tagged === undefined ? undefined : await ask(tagged);
  if (now !== undefined && "digest" in now && exact.endsWith(`@${now.digest}`)) return { kind: "kept" };
  const known = await ask(exact);
  if ("reason" in known) return { kind: "missing", reference: exact, ...known };
  return now === undefined ? { kind: "kept" } : { kind: "kept", warning: strayed(pin, now) };
}

function strayed(pin: string, now: RegistryAnswer): string {
  if ("reason" in now) return `${pin} is there, its tag isn't any more: ${now.reason}`;
  return (
    `${pin}: its tag is now ${now.digest}. It has moved, or the digest is that of one processor's image. ` +
    "To take what the tag is now, take the digest out of the pin and run this again"
  );
}
