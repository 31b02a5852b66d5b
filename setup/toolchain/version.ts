/** [1, 25, 8] for "go1.25.8", "v1.25.8" or "1.25.8-rc.1"; undefined where there is no version. */
export function readVersion(text: string): number[] | undefined {
  const parts = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text)?.slice(1);
  return parts?.map((part) => Number(part ?? 0));
}

/** Whether the version is that one or a later one. */
export function atLeast(version: readonly number[], oldest: readonly number[]): boolean {
  for (const [index, part] of oldest.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
