const interval = 10_000;

/** Tells on standard error what is waited for: at once, and every ten seconds. */
export class Progress {
  private readonly began = Date.now();
  private told = 0;

  waitsFor(what: string): void {
    const now = Date.now();
    if (now - this.told < interval) return;
    this.told = now;
    process.stderr.write(`${what}, ${Math.round((now - this.began) / 1000)} s\n`);
  }
}
