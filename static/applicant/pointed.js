// Where the officer points, on the applicant's own picture. It goes by itself; nothing has to be tapped.

import { h } from "../shared/dom.js"
import { frameOf, isOf, shownAt } from "../shared/place.js"

const SHOWN_MILLISECONDS = 5_000

/**
 * The phone's picture fills the page and is cut, and words lie over its lower part. A place that cannot be seen there
 * makes the whole picture be shown (`whole` on the page) until the pointer goes.
 */
export class Pointed {
  #place = null
  #timer = 0
  #turned = () => this.#draw()

  /** @param {{onShown: (shown: boolean) => void}} options */
  constructor(options) {
    Object.assign(this, options)
    this.node = h("div", { class: "pointed", hidden: true, "aria-hidden": "true" })
  }

  /** @param {{x: number, y: number, shape: number}} place as the officer saw the picture */
  show(place) {
    const { picture } = this
    const seen = picture && !this.node.closest(".frozen-now")
    if (!seen || !isOf(place.shape, { width: picture.videoWidth, height: picture.videoHeight })) return this.#hide() // turned since
    this.#place = place
    addEventListener("resize", this.#turned)
    this.node.hidden = false
    this.#draw()
    this.onShown(true)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#hide(), SHOWN_MILLISECONDS)
  }

  leave() {
    this.#hide()
  }

  get picture() {
    return this.node.closest(".call")?.querySelector(".scene")
  }

  #draw() {
    const page = this.node.closest(".call")
    if (!this.#place || !page) return
    const bottom = page.querySelector(".bottom").getBoundingClientRect().top
    let at = this.#at(page)
    if (!page.classList.contains("whole") && (at.top > bottom || at.top < 0 || at.left < 0 || at.left > page.clientWidth)) {
      page.classList.add("whole")
      at = this.#at(page)
    }
    this.node.style.left = `${at.left}px`
    this.node.style.top = `${at.top}px`
  }

  /** In the window. */
  #at(page) {
    const { picture } = this
    const box = picture.getBoundingClientRect()
    const fit = page.classList.contains("whole") ? "contain" : "cover"
    const at = shownAt(this.#place, frameOf(box, { width: picture.videoWidth, height: picture.videoHeight }, fit))
    return { left: box.left + at.left, top: box.top + at.top }
  }

  #hide() {
    clearTimeout(this.#timer)
    removeEventListener("resize", this.#turned)
    this.#place = null
    this.node.hidden = true
    this.node.closest(".call")?.classList.remove("whole")
    this.onShown(false)
  }
}
