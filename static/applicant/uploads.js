// Photos on their way to the case file: hashed on the phone, sent again until the server has them.

import { newKey, post, Problem, untilHeard } from "../shared/api.js"
import { sha256 } from "../shared/sha256.js"

export class Uploads {
  /** Photos taken and not yet acknowledged. */
  waiting = 0
  #line = Promise.resolve()

  /** @param {{onChange: () => void, onKept: (evidence: object, photo: object) => void, onRefused: (problem: Problem, photo: object) => void}} options */
  constructor({ onChange, onKept, onRefused }) {
    Object.assign(this, { onChange, onKept, onRefused })
    addEventListener("beforeunload", (event) => this.waiting > 0 && event.preventDefault()) // closing now would lose a photo
  }

  /**
   * Put one photo in line; they go one after the other, so a weak network finishes the first.
   * @param {{blob: Blob, point: string, takenAt: Date, request?: string}} photo
   */
  add(photo) {
    this.waiting += 1
    this.onChange()
    this.#line = this.#line.then(() => this.#send(photo)).finally(() => {
      this.waiting -= 1
      this.onChange()
    })
    return this.#line
  }

  async #send(photo) {
    const key = newKey()
    const digest = await sha256(photo.blob)
    const form = () => {
      const form = new FormData()
      form.append("file", photo.blob, photo.blob.type === "image/png" ? "photo.png" : "photo.jpg")
      form.append("sha256", digest)
      form.append("point", photo.point)
      form.append("taken_at", photo.takenAt.toISOString())
      if (photo.request) form.append("request", photo.request)
      return form
    }
    try {
      this.onKept(await untilHeard(() => post("/applicant/evidence", form(), { key })), photo)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      this.onRefused(error, photo)
    }
  }
}
