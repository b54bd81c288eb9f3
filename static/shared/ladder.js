// How much is sent on the network there is: five rungs, from a clear picture to sound alone. Pure: numbers in, a rung out.

/**
 * Each rung by what the network must carry for it (bits a second, sound included) and what is then sent.
 * `shrink` divides the camera's 720 lines; `pictures` a second, whole ones: Chromium sends none at half a picture. Bits are
 * limited only while room is left: the browser knows what goes through.
 * @type {{name: "clear" | "good" | "fair" | "slow" | "sound", needs: number, shrink: number, pictures: number}[]}
 */
export const RUNGS = [
  { name: "clear", needs: 700_000, shrink: 1, pictures: 30 }, // 720p
  { name: "good", needs: 350_000, shrink: 1.5, pictures: 24 }, // 480p
  { name: "fair", needs: 160_000, shrink: 2, pictures: 15 }, // 360p
  { name: "slow", needs: 70_000, shrink: 2, pictures: 1 },
  { name: "sound", needs: 0, shrink: 2, pictures: 0 },
]

const HEAVY_LOSS = 0.1 // sound suffers: what carries this much loss carries less than it says (draft-ietf-rmcat-gcc-02, section 6)
const LASTING_MILLISECONDS = 4_000 // a queue that ran full when the network narrowed loses as much for a while, until less is sent
const LONG_SECONDS = 1.5 // round trip at which talk breaks down
const DOWN_MILLISECONDS = 1_500 // a dip shorter than that is not followed
const UP_MILLISECONDS = 5_000 // nor is hope
const UP_MARGIN = 1.3
const ROOM = 0.35 // of what may be sent, for the picture: with sound and headers that is clearly less (libwebrtc: below 0.65)
const ROOM_MILLISECONDS = 20_000 // a lift, a thick wall: what has narrowed may soon be wide again. After that every bit counts
const LIFT_MILLISECONDS = 3_000 // from one lifting of that limit to the next, each for one or two looks
const LIFTED_MILLISECONDS = 600
const HOPE_MILLISECONDS = 15_000 // sound alone tells nothing of what more would go through: it is tried

/** The lowest rung's index is the last: further down is less. */
export class Ladder {
  rung = 0
  #since = 0 // when the network began to ask for another rung
  #asked = 0
  #whole = 0 // when little was lost last
  #narrowed = -ROOM_MILLISECONDS // when the network was last found too narrow for a rung

  /**
   * @param {{available: number, losing: number, roundTrip: number}} network bits a second that may be sent (0: unknown), fraction of late, seconds
   * @param {number} now milliseconds
   * @returns {boolean} whether the rung has changed
   */
  look({ available, losing, roundTrip }, now) {
    if (losing <= HEAVY_LOSS) this.#whole = now
    const wanted = this.#wanted(available, now - this.#whole > LASTING_MILLISECONDS || roundTrip > LONG_SECONDS)
    if (wanted !== this.#asked) {
      this.#asked = wanted
      this.#since = now
    }
    const patience = wanted > this.rung ? DOWN_MILLISECONDS : UP_MILLISECONDS
    if (wanted === this.rung || now - this.#since < patience) return false
    if (wanted > this.rung) this.#narrowed = now
    this.rung = wanted > this.rung ? wanted : this.rung - 1 // down at once, up step by step
    this.#since = now
    return true
  }

  /**
   * Bits a second for the picture, 0: as many as go through. Where the network has just narrowed room is left, and the limit
   * lifted now and then: a browser that sends clearly less than it may tries at once what it is allowed.
   */
  most(available, now) {
    const since = now - this.#narrowed
    if (!this.rung || since >= ROOM_MILLISECONDS) return 0
    return since % LIFT_MILLISECONDS < LIFT_MILLISECONDS - LIFTED_MILLISECONDS ? ROOM * available : 0
  }

  /** Whether sound alone has been sent for so long that a picture may be tried again. */
  hopes(now) {
    if (this.rung < RUNGS.length - 1 || now - this.#since < HOPE_MILLISECONDS) return false
    this.rung -= 1
    this.#since = now
    this.#asked = this.rung
    return true
  }

  #wanted(available, poor) {
    if (!available) return this.rung
    const carries = poor ? available / 2 : available
    const down = RUNGS.findIndex((rung) => carries >= rung.needs)
    const up = RUNGS.findIndex((rung) => carries >= rung.needs * UP_MARGIN)
    return down > this.rung ? down : Math.min(this.rung, up)
  }
}

const LINES = { clear: 600, good: 420, fair: 1 } // at least, of what arrives

/**
 * What arrives from the other side, in the same words.
 * @param {{lines: number, pictures: number, sounds: number}} arriving height in pixels; per second
 */
export function seen({ lines, pictures, sounds }) {
  if (!pictures && !sounds) return ""
  if (!pictures) return "sound"
  if (pictures < 2) return "slow"
  return Object.keys(LINES).find((name) => lines >= LINES[name]) || "fair"
}
