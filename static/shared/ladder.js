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
const LASTING_MILLISECONDS = 4_000 // a queue that ran full, when the network narrowed or at a lift, is felt for a while
const LONG_SECONDS = 1.5 // round trip at which talk breaks down
const DOWN_MILLISECONDS = 1_500 // a dip shorter than that is not followed
const SHORT_MILLISECONDS = 750 // nor than that where not half goes through: the third look then finds it so
const UP_MILLISECONDS = 5_000 // nor is hope
const UP_MARGIN = 1.3
const ROOM = 0.35 // of what may be sent, for the picture: with sound and headers that is clearly less (libwebrtc: below 0.65)
const ROOM_MILLISECONDS = 20_000 // a lift, a thick wall: what has narrowed may soon be wide again. After that every bit counts
const LIFT_MILLISECONDS = 2_000 // from one lift of that limit to the next, each for a look, or while more and more may be sent
const LIFTED_MILLISECONDS = 600
const MORE = 1.3
const HOPE_MILLISECONDS = 15_000 // sound alone tells nothing of what more would go through: it is tried

/** The lowest rung's index is the last: further down is less. */
export class Ladder {
  rung = 0
  #since = 0 // when the network began to ask for less, or for more
  #asked = 0
  #whole = 0 // when little was lost last
  #narrowed = -ROOM_MILLISECONDS // when the network was last found too narrow for a rung
  #before = 0 // bits a second at the last look

  /**
   * @param {{available: number, losing: number, roundTrip: number}} network bits a second that may be sent (0: unknown), fraction of late, seconds
   * @param {number} now milliseconds
   * @returns {boolean} whether the rung has changed
   */
  look({ available, losing, roundTrip }, now) {
    if (losing <= HEAVY_LOSS) this.#whole = now
    const carries = now - this.#whole > LASTING_MILLISECONDS || roundTrip > LONG_SECONDS ? available / 2 : available
    const wanted = available ? this.#wanted(carries) : this.rung
    const lasting = Math.min(wanted, this.#asked) // what the look before asked for, too
    if (Math.sign(wanted - this.rung) !== Math.sign(this.#asked - this.rung)) this.#since = now
    this.#asked = wanted
    const down = wanted > this.rung
    if (wanted === this.rung || now - this.#since < (down ? this.#dip(carries, wanted, now) : UP_MILLISECONDS)) return false
    if (down) this.#narrowed = now
    this.rung = down ? lasting : this.rung - 1 // down at once, up step by step
    this.#since = now
    return true
  }

  /**
   * Bits a second for the picture, 0: as many as go through. Where the network has just narrowed room is left, and the limit
   * lifted now and then: a browser that sends clearly less than it may tries at once what it is allowed, and twice that again
   * and again. Limited meanwhile it tries less than it has found, and takes that for all there is.
   */
  most(available, now) {
    const since = now - this.#narrowed
    const finds = available > MORE * this.#before
    this.#before = available
    if (!this.rung || since >= ROOM_MILLISECONDS) return 0
    return finds || since % LIFT_MILLISECONDS >= LIFT_MILLISECONDS - LIFTED_MILLISECONDS ? 0 : ROOM * available
  }

  /** Whether sound alone has been sent for so long that a picture may be tried again. */
  hopes(now) {
    if (this.rung < RUNGS.length - 1 || now - this.#since < HOPE_MILLISECONDS) return false
    this.rung -= 1
    this.#since = now
    this.#asked = this.rung
    return true
  }

  /** How long less may go through before it is followed: longer where a lift may have caused it, but sound waits for no picture. */
  #dip(carries, wanted, now) {
    if (2 * carries < RUNGS[this.rung].needs) return SHORT_MILLISECONDS
    return RUNGS[wanted].pictures && now - this.#narrowed < ROOM_MILLISECONDS ? LASTING_MILLISECONDS : DOWN_MILLISECONDS
  }

  #wanted(carries) {
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
