// The speed of a transfer over the last seconds, so that a pause does not distort the estimate.
const WINDOW_MS = 8000;

/** Measures bytes a second. */
export class Speed {
  /** @type {[number, number][]} */
  #samples = [];

  /** Discard the measurements, after a pause. */
  reset() {
    this.#samples = [];
  }

  /**
   * Add a sample, and return the speed in bytes a second, 0 while it is unknown.
   *
   * @param {number} sent bytes in total
   * @param {number} now in milliseconds
   */
  add(sent, now) {
    this.#samples.push([now, sent]);
    while (this.#samples.length > 2 && now - this.#samples[0][0] > WINDOW_MS) this.#samples.shift();
    const [since, before] = this.#samples[0];
    return now > since ? ((sent - before) * 1000) / (now - since) : 0;
  }
}
