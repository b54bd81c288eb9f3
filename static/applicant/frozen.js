// The still that the officer froze to draw on. The applicant looks at it, or goes back to their own picture whenever they like.

import { fill, h, icon } from "../shared/dom.js"
import { FrozenStill } from "../shared/frozen.js"
import { language, say } from "../shared/words.js"

export class Frozen {
  #still = null
  #frozen = null
  #looking = true

  /** @param {{tell: (event: string, said: object) => void}} options */
  constructor(options) {
    Object.assign(this, options)
    this.word = h("div", { class: "guided-word", role: "status" })
    this.place = h("div", { class: "still-place" })
    this.node = h("section", { class: "frozen", "aria-label": say("frozen.title"), hidden: true }, this.place, this.word)
  }

  /** @param {object | null} frozen null: the live picture again */
  show(frozen) {
    const another = frozen?.id !== this.#frozen?.id
    if (another) this.#looking = true
    if (another && frozen) navigator.vibrate?.(40)
    this.#frozen = frozen
    this.#draw()
  }

  #look(at) {
    this.#looking = at
    this.tell("frozen.seen", { drawing: this.#frozen.id, seen: at })
    this.#draw()
  }

  #draw() {
    const shown = Boolean(this.#frozen)
    const was = this.said
    this.node.hidden = !shown
    this.node.closest(".call")?.classList.toggle("frozen-now", shown && this.#looking)
    this.place.hidden = !this.#looking
    this.said = shown ? `${this.#frozen.id} ${this.#looking} ${language()}` : ""
    if (!shown) return
    this.#still ||= new FrozenStill(say("frozen.title"))
    this.#still.show(this.#frozen)
    if (!this.place.firstChild) this.place.append(this.#still.node)
    if (this.said === was) return
    for (const node of [this.node, this.#still.node]) node.setAttribute("aria-label", say("frozen.title"))
    const words = this.#looking ? ["frozen.shown", "frozen.back"] : ["frozen.hidden", "frozen.look"]
    fill(this.word, h("p", {}, icon("freeze"), say(words[0])), h("button", { class: "button", onclick: () => this.#look(!this.#looking) }, say(words[1])))
  }
}
