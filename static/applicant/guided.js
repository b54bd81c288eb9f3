// What the officer does from afar: works this phone's camera, points, freezes a still. Each is said in words, and none is final.

import { fill, h, icon } from "../shared/dom.js"
import { say } from "../shared/words.js"
import { Frozen } from "./frozen.js"
import { able, set } from "./lens.js"
import { Pointed } from "./pointed.js"

const WORD_MILLISECONDS = 10_000 // long enough to read it and to find the button

/** In a word, what was done. */
const DONE = {
  torch: (before, { torch }) => (torch ? "light" : "dark"),
  zoom: (before, { zoom }) => (zoom > before.zoom.now ? "nearer" : "farther"),
  switch: () => "switched",
}

export class Guided {
  /** Whether the light is on. */
  lit = false
  #line = Promise.resolve() // one wish after the other
  #back = null // {what, before}: to what the words that stand there would lead back
  #timer = 0

  /** @param {{camera: import("./camera.js").Camera, flip: () => Promise<void>, tell: (event: string, said: object) => void, onChange: () => void, onFrozen: (frozen: object | null) => void}} options
   *  flip: the other camera, on the connection that stands; onFrozen: told of what is frozen now, so that nothing older takes its place */
  constructor(options) {
    Object.assign(this, options)
    this.word = h("div", { class: "guided-word", role: "status", hidden: true })
    this.pointing = h("p", { class: "guided-word", role: "status", hidden: true })
    this.pointed = new Pointed({ onShown: (shown) => this.#tellPointing(shown) })
    this.frozen = new Frozen({ tell: this.tell })
    this.node = h("div", { class: "guided" }, h("div", { class: "guided-words" }, this.pointing, this.word), this.pointed.node)
  }

  /** What the server may tell. */
  get on() {
    return {
      "camera.asked": (wish) => this.#queue(() => this.#fulfil(wish)),
      "frozen.changed": ({ frozen }) => {
        this.onFrozen(frozen)
        this.frozen.show(frozen)
      },
      pointed: (place) => this.pointed.show(place),
    }
  }

  /** Another camera, or the same anew: say what it can. Also whenever the server may have forgotten. */
  changed(said = {}) {
    return this.#queue(async () => {
      const now = await able(this.camera.track)
      this.lit = now.torch === true
      this.tell("camera", { ...now, ...said })
      this.onChange()
    })
  }

  /** The applicant puts the light out. */
  darken() {
    this.#queue(() => this.#set("torch", { torch: false }))
    this.changed({ undone: true })
    this.#hush()
  }

  /** The page shows something else: what was said is said no more when it comes back, perhaps in the other language. */
  leave() {
    this.#hush()
    this.pointed.leave()
  }

  #queue(act) {
    return (this.#line = this.#line.then(act, act))
  }

  async #fulfil({ request, torch, zoom, switch: turn }) {
    const what = turn ? "switch" : torch === null ? "zoom" : "torch"
    const before = await able(this.camera.track)
    const wish = turn ? {} : torch === null ? { zoom } : { torch }
    const done = await this.#set(what, wish)
    if (done) this.#say(what, before, wish)
    this.changed({ request, failed: !done })
  }

  async #set(what, wish) {
    const { camera } = this
    if (!camera.track) return false
    if (what !== "switch") return set(camera.track, wish)
    const { facing } = camera
    await this.flip()
    return camera.facing !== facing
  }

  /** Of several changes of one kind, taking back leads to what was before the first. */
  #say(what, before, wish) {
    navigator.vibrate?.(40)
    const done = DONE[what](before, wish)
    if (this.#back?.what !== what || what === "switch") this.#back = { what, before }
    fill(this.word, h("p", {}, icon(what), say(`guided.${done}`)), h("button", { class: "button", onclick: () => this.#takeBack() }, say(`guided.${done}_back`)))
    this.word.hidden = false
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#hush(), WORD_MILLISECONDS)
  }

  #takeBack() {
    const { what, before } = this.#back
    this.#hush()
    const wish = what === "torch" ? { torch: before.torch } : what === "zoom" ? { zoom: before.zoom.now } : {}
    this.#queue(() => this.#set(what, wish))
    this.changed({ undone: true })
  }

  /** Said once for each time, however the pointer moves. */
  #tellPointing(shown) {
    if (this.pointing.hidden !== shown) return
    this.pointing.hidden = !shown
    fill(this.pointing, shown && [icon("point"), say("guided.pointed")])
  }

  #hush() {
    clearTimeout(this.#timer)
    this.#back = null
    this.word.hidden = true
  }
}
