// @ts-check

/** Work of the service: one thing at a time, in the order in which it was asked for. */
export class Queue {
  /** @private @type {Promise<unknown>} */
  last = Promise.resolve();

  /** Things that wait or are being done. */
  length = 0;

  /**
   * Settles as the work does, whose failure doesn't keep others from being done.
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  add(work) {
    this.length += 1;
    const done = this.last.then(work).finally(() => {
      this.length -= 1;
    });
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Resolves when all that was asked for until now is done. */
  async idle() {
    await this.last;
  }
}
