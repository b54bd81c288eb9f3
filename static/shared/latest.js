// What a page shows of the server's state, asked for one question at a time: no older answer takes the place of a newer one.

export class Latest {
  #asking = null
  #round = 0 // of questions; only the newest counts
  #again = false
  #outdated = false

  /** @param {{question: () => Promise<object>, take: (answer: object) => void}} options */
  constructor({ question, take }) {
    Object.assign(this, { question, take })
  }

  /** Ask; while an answer is on its way, ask once more after it. Done when the last answer was taken; fails as the last question did. */
  ask() {
    if (this.#asking) this.#again = true
    else this.#asking = this.#askUntilNew()
    return this.#asking
  }

  /** The network is back: what was asked before may be answered late, or never. */
  askAnew() {
    this.#asking = null
    return this.ask()
  }

  /** Something newer came another way: an answer that is on its way is left out, and asked for again. */
  heard() {
    if (this.#asking) this.#again = this.#outdated = true
  }

  async #askUntilNew() {
    const round = ++this.#round
    const isOver = () => round !== this.#round
    try {
      do {
        this.#again = this.#outdated = false
        try {
          const answer = await this.question()
          if (!this.#outdated && !isOver()) this.take(answer)
        } catch (error) {
          if (!this.#again && !isOver()) throw error
        }
      } while (this.#again && !isOver())
      return isOver() && this.#asking
    } finally {
      if (!isOver()) this.#asking = null // at once: whoever asks now asks anew
    }
  }
}
