// How long to wait before the next attempt to reach someone who did not answer.

const FIRST_MILLISECONDS = 500
const LONGEST_MILLISECONDS = 8_000

export class Backoff {
  #attempts = 0

  /** Doubles each time, up to the longest, plus up to a fifth by chance so that phones do not all return at once. */
  next(random = Math.random) {
    const plain = Math.min(FIRST_MILLISECONDS * 2 ** this.#attempts, LONGEST_MILLISECONDS)
    this.#attempts += 1
    return Math.round(plain * (1 + random() / 5))
  }

  /** Someone answered: start over. */
  reset() {
    this.#attempts = 0
  }
}
