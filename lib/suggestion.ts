import { distance } from "fastest-levenshtein";

const largestDistance = 3;

/** The candidate that the user most likely meant, if any is close enough to be worth saying. Few mistype the first letter. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const begins = (candidate: string) => Number(candidate[0]?.toLowerCase() === word[0]?.toLowerCase());
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance || begins(b.candidate) - begins(a.candidate));
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.min(largestDistance, Math.ceil(word.length / 2))
    ? best.candidate
    : undefined;
}
