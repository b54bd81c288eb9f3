// What was photographed, on its way to the case file: kept on the phone, sent smallest first, forgotten once the server lists it.

import { get, NoAnswer, pauseUntilOnline, post, Problem } from "../shared/api.js"
import { Backoff } from "../shared/backoff.js"
import { sha256 } from "../shared/sha256.js"

const DAMAGED_TRIES = 3 // a photo that changes on the way each time is not the network's fault

/**
 * @typedef {{id: string, session: number, point: string, sha256: string, type: string, size: number, takenAt: string, live: boolean, request?: string, refused?: string}} Piece
 *   live: the officer saw what was photographed; refused: why the server does not want this one
 */
export class Uploads {
  /** @type {Piece[]} kept here, and not known to be with the server */
  pieces = []
  /** @type {Piece[]} kept here of other calls: they can never go by this one's link */
  others = []
  /** Why nothing more is taken at all: {code, message}, or null. The pieces stay here. */
  refused = null
  /** How many the server has taken since there was last nothing to send. */
  sent = 0
  /** What the server last said of this call's photos: `steps`, `kept`, `until`. */
  told = null
  /** Whether the server is to be reached, as far as is known. */
  reached = false
  /** Told of every change; the argument is {kept, piece}, {problem, piece} or nothing. @type {Set<(news: object) => void>} */
  listeners = new Set()
  #session = 0
  #adding = [] // points whose photo is still being hashed and put away
  #doubt = false // whether an earlier answer may have been missed: the server is asked before anything is sent again
  #running = null

  /** @param {{store: import("./store.js").Store, ask?: () => Promise<object>, send?: (form: FormData) => Promise<object>, pause?: (milliseconds: number) => Promise<void>}} options */
  constructor({ store, ask = () => get("/applicant/evidence"), send = (form) => post("/applicant/evidence", form), pause = pauseUntilOnline }) {
    Object.assign(this, { store, ask, send, pause })
    globalThis.addEventListener?.("beforeunload", (event) => this.store.lacks && this.waiting > 0 && event.preventDefault())
  }

  /** Photos that are still to be sent. */
  get waiting() {
    return this.#adding.length + this.pieces.filter((piece) => !piece.refused).length
  }

  /** Those of one point. */
  waitingFor(point) {
    return this.#adding.filter((each) => each === point).length + this.pieces.filter((piece) => piece.point === point && !piece.refused).length
  }

  /** How many photos of one point there are, here and at the server as it last said. */
  countOf(point) {
    const known = this.told?.steps.find((step) => step.name === point)?.photos_done || 0
    return known + this.waitingFor(point)
  }

  /** Of one call from now on: what an earlier page left is sent. */
  async open(session) {
    if (this.#session === session) return
    this.#session = session
    const [pieces, others, told] = await Promise.all([this.store.pieces(session), this.store.others(session), this.store.noted(`steps ${session}`)])
    this.pieces = pieces
    this.others = others
    this.told = told
    this.#doubt = pieces.length > 0
    this.#say()
    this.go()
  }

  /** Done once it is kept here; it goes by itself. @param {{blob: Blob, point: string, takenAt: Date, live: boolean, request?: string}} photo */
  async add({ blob, point, takenAt, live, request }) {
    this.#adding.push(point)
    this.#say()
    try {
      const [bytes, digest] = await Promise.all([blob.arrayBuffer(), sha256(blob)])
      const piece = { id: `${this.#session} ${point} ${digest}`, session: this.#session, point, sha256: digest, type: blob.type, size: blob.size, takenAt: takenAt.toISOString(), live, request }
      await this.store.put(piece, bytes)
      this.pieces = [...this.pieces.filter((each) => each.id !== piece.id), piece]
    } finally {
      this.#adding.splice(this.#adding.indexOf(point), 1)
      this.#say()
    }
    this.go()
  }

  /** Send what waits, if nothing is being sent already; done once nothing more can be sent. */
  go() {
    if (!this.refused)
      this.#running ||= this.#run()
        .finally(() => (this.#running = null))
        .then(() => this.#next() && this.go()) // one more was taken just now
    return this.#running
  }

  /** No network is to be seen: before anything is sent the server must have answered again. */
  doubt() {
    this.#doubt = true
    this.reached = false
    this.#say()
  }

  /** Let go of what the server will never take; only a person may say so. */
  async discardRefused() {
    const refused = this.refused ? this.pieces : this.pieces.filter((piece) => piece.refused)
    for (const piece of refused) await this.#forget(piece)
    this.#say()
  }

  /** Let go of what other calls left here; only a person may say so. */
  async discardOthers() {
    for (const piece of this.others) await this.store.forget(piece.id)
    this.others = []
    this.#say()
  }

  /** Ask what is wanted and what has arrived; keep the answer for when there is no network. */
  async compare() {
    const before = this.pieces
    const told = await this.ask()
    this.reached = true
    if (before !== this.pieces) return this.compare() // too old
    this.told = told
    this.refused = told.refused ? { code: "no_longer_taken", message: told.refused } : null
    const { csrf: _, ...rest } = told
    await this.store.note(`steps ${this.#session}`, rest)
    const kept = new Set(told.kept.map((each) => `${this.#session} ${each.point} ${each.sha256}`))
    for (const piece of this.pieces) if (kept.has(piece.id)) await this.#forget(piece)
    this.#say()
  }

  /** The same, for a page that can do without an answer. */
  learn() {
    return this.compare().catch((error) => {
      if (!(error instanceof NoAnswer || error instanceof Problem)) throw error
    })
  }

  async #run() {
    const backoff = new Backoff()
    for (;;) {
      const piece = this.#next()
      if (!piece || this.refused) break
      try {
        if (this.#doubt) {
          await this.compare()
          this.#doubt = false
        } else await this.#deliver(piece)
        backoff.reset()
      } catch (error) {
        if (error instanceof Problem) this.#refuse(error, piece)
        else if (!(error instanceof NoAnswer)) throw error
        if (!(error instanceof Problem) || this.#doubt) {
          this.doubt()
          await this.pause(backoff.next())
        }
      }
    }
    if (!this.waiting) this.sent = 0
  }

  /** The smallest: on a weak network something arrives soon. */
  #next() {
    const ready = this.pieces.filter((piece) => !piece.refused)
    return ready.sort((one, other) => one.size - other.size)[0]
  }

  async #deliver(piece) {
    const bytes = await this.store.bytes(piece.id)
    if (!bytes) return this.#drop(piece) // sent by another window
    const answer = await this.send(formOf(piece, bytes, this.waiting - 1))
    this.reached = true
    if (answer.sha256 !== piece.sha256) throw new NoAnswer("another photo was kept")
    await this.#forget(piece)
    this.sent += 1
    const step = this.told?.steps.find((each) => each.name === piece.point)
    if (step) step.photos_done += 1
    this.#say({ kept: answer, piece })
  }

  #refuse(problem, piece) {
    const { code, values, message } = problem
    if (code === "bad_csrf") this.#doubt = true // the server's list brings the right one
    else if (code === "evidence_not_accepted" && values.cause === "hash_mismatch" && (piece.damaged = (piece.damaged || 0) + 1) < DAMAGED_TRIES) this.#doubt = true
    else if (["evidence_not_accepted", "answer_not_valid", "too_large", "bad_payload"].includes(code)) piece.refused = message
    else this.refused = { code, message }
    if (!this.#doubt) this.#say({ problem, piece })
  }

  async #forget(piece) {
    await this.store.forget(piece.id)
    this.#drop(piece)
  }

  #drop(piece) {
    this.pieces = this.pieces.filter((each) => each !== piece)
  }

  #say(news = {}) {
    for (const listener of this.listeners) listener(news)
  }
}

function formOf(piece, bytes, left) {
  const form = new FormData()
  form.append("file", new Blob([bytes], { type: piece.type }), piece.type === "image/png" ? "photo.png" : "photo.jpg")
  form.append("sha256", piece.sha256)
  form.append("point", piece.point)
  form.append("taken_at", piece.takenAt)
  form.append("live", String(piece.live))
  form.append("waiting", String(left))
  if (piece.request) form.append("request", piece.request)
  return form
}
