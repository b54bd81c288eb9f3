// Who else is in a joint survey: small pictures with their sound and name. A picture is shown while it moves.

import { h } from "./dom.js"

/**
 *   const others = new Others(say("call.other_officer"))
 *   page.append(others.node)
 *   new Call({ others: 2, onOther: (seat, stream, shown) => others.show(seat, stream, shown), … })
 */
export class Others {
  #places = new Map() // by seat: the figure, its picture and its name

  /** @param {string} spoken what a screen reader says of each */
  constructor(spoken) {
    this.spoken = spoken
    this.node = h("div", { class: "others" })
  }

  /** Heard in any case; seen if `shown`. */
  show(seat, stream, shown) {
    const { figure, video } = this.#place(seat)
    figure.hidden = !shown
    if (video.srcObject === stream) return
    video.srcObject = stream
    video.play().catch(() => {}) // sound waits for a tap, as that of the other side does
  }

  /** Whose picture it is; "" while that is not known. */
  call(seat, name) {
    const { caption } = this.#place(seat)
    caption.textContent = name
    caption.hidden = !name
  }

  /** A tap allows sound. */
  unmute() {
    for (const { video } of this.#places.values()) video.play().catch(() => {})
  }

  leave() {
    for (const { video } of this.#places.values()) video.srcObject = null
    this.#places.clear()
    this.node.replaceChildren()
  }

  #place(seat) {
    if (!this.#places.has(seat)) {
      const video = h("video", { playsinline: true, autoplay: true, "aria-label": this.spoken })
      const caption = h("figcaption", { hidden: true })
      const figure = h("figure", { hidden: true }, video, caption)
      this.#places.set(seat, { figure, video, caption })
      this.node.append(figure)
    }
    return this.#places.get(seat)
  }
}
