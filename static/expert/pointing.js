// Pointing at a place in the applicant's picture: pressed and drawn with the mouse, or moved with the arrow keys.

import { frameOf, isOf, moved, placeAt, shownAt, stepOf } from "../shared/place.js"
import { say } from "../shared/words.js"
import { html, signal, useEffect, useRef, useState } from "../vendor/view.js"
import { say as tellServer } from "./line.js"
import { tell } from "./parts.js"
import { sheet } from "./sheet.js"

const BETWEEN_MILLISECONDS = 125 // two places said: eight a second
const AGAIN_MILLISECONDS = 2_000
const SHOWN_MILLISECONDS = 5_000 // as on the phone
const LET_GO_MILLISECONDS = 1_500 // after the last arrow key
const MOST_PLACES = 120 // kept of one pointing
const MIDDLE = { x: 0.5, y: 0.5 }

/** Whether the expert's hand points. */
export const pointing = signal(false)
/** What is being shown, by whoever: {x, y, by}; by is empty for oneself. */
export const pointed = signal(null)
let hiding = 0

export function togglePointing() {
  if (pointing.value || sheet.value?.session?.applicant_present) pointing.value = !pointing.value
}

/** Another expert of the call points. */
export function otherPointed({ session, x, y, by }) {
  if (sheet.value?.session?.id === session) show({ x, y, by })
}

function show(place) {
  pointed.value = place
  clearTimeout(hiding)
  hiding = setTimeout(() => (pointed.value = null), SHOWN_MILLISECONDS)
}

/** One pointing, from where it begins to where it is let go: what is said of it, and when. */
class Gesture {
  #began = performance.now()
  #path = []
  #said = 0
  #last
  #new = false // since something was said

  constructor(place, shape) {
    this.shape = shape
    this.#last = place
    this.#tell("begin")
    this.tick = setInterval(() => this.#follow(), BETWEEN_MILLISECONDS)
  }

  move(place) {
    this.#last = place
    this.#new = true
    show({ ...place, by: "" })
  }

  end() {
    clearInterval(this.tick)
    this.#tell("end")
  }

  /** Where the hand is now, not more often than can be followed; also while it rests, or the phone would let the ring go. */
  #follow() {
    if (this.#new || performance.now() - this.#said > AGAIN_MILLISECONDS) this.#tell("move")
  }

  #tell(step) {
    const now = performance.now()
    const { x, y } = this.#last
    if (this.#path.length < MOST_PLACES && (this.#new || step === "begin")) this.#path.push([(now - this.#began) / 1000, x, y])
    this.#said = now
    this.#new = false
    show({ x, y, by: "" })
    tellServer("point", { session: sheet.value?.session?.id, step, x, y, shape: this.shape, path: step === "end" ? this.#path : [] }, (code) => {
      if (code !== "ok" && code !== "too_many") tell(say("point.refused"))
    })
  }
}

/** Over the applicant's picture: the ring, and while pointing the pad that hand and keys work on. */
export function PointingLayer() {
  const pad = useRef(null)
  const layer = useRef(null)
  const gesture = useRef(null)
  const [at, setAt] = useState(MIDDLE)
  const [, redraw] = useState(0)
  const on = pointing.value
  const video = () => layer.current.parentElement.querySelector(".scene")
  const picture = () => ({ width: video().videoWidth, height: video().videoHeight })
  const frame = () => frameOf(layer.current.getBoundingClientRect(), picture(), "contain")
  useEffect(() => {
    const resized = () => redraw((n) => n + 1)
    addEventListener("resize", resized)
    return () => removeEventListener("resize", resized)
  }, [])
  useEffect(() => {
    if (on) pad.current.focus()
    return () => letGo()
  }, [on])
  const letGo = () => {
    clearTimeout(gesture.current?.timer)
    gesture.current?.end()
    gesture.current = null
  }
  const go = (place) => {
    setAt(place)
    const { width, height } = picture()
    if (!(width > 0)) return
    const shape = width / height
    if (gesture.current && !isOf(gesture.current.shape, { width, height })) letGo() // the phone was turned
    if (gesture.current) gesture.current.move(place)
    else gesture.current = new Gesture(place, shape)
  }
  const under = (event) => {
    const box = layer.current.getBoundingClientRect()
    const where = frame()
    return where && placeAt({ left: event.clientX - box.left, top: event.clientY - box.top }, where)
  }
  const press = (event) => {
    const place = event.button === 0 && under(event)
    if (!place) return
    letGo()
    event.currentTarget.setPointerCapture(event.pointerId)
    go(place)
  }
  const drag = (event) => {
    const place = event.buttons & 1 && gesture.current && under(event)
    if (place) go(place)
  }
  const key = (event) => {
    const step = stepOf(event)
    if (event.key === "Escape") pointing.value = false
    else if (step) {
      go(moved(at, ...step))
      clearTimeout(gesture.current?.timer)
      if (gesture.current) gesture.current.timer = setTimeout(letGo, LET_GO_MILLISECONDS)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  const shown = pointed.value || (on ? { ...at, by: "" } : null)
  const where = shown && layer.current && frame()
  const ring = where && shownAt(shown, where)
  return html`<div class="pointing" ref=${layer}>
    ${on && html`<div class="pad" ref=${pad} tabindex="0" role="application" aria-label=${say("point.pad")} onPointerDown=${press} onPointerMove=${drag} onPointerUp=${letGo} onPointerCancel=${letGo} onKeyDown=${key}></div>`}
    ${ring && html`<span class=${`pointed ${pointed.value ? "" : "idle"}`} aria-hidden="true" ref=${(node) => node && Object.assign(node.style, { left: `${ring.left}px`, top: `${ring.top}px` })}>${shown.by && html`<b>${shown.by}</b>`}</span>`}
    <span class="visually-hidden" role="status">${on && say("point.at", { x: Math.round(at.x * 100), y: Math.round(at.y * 100) })}</span>
  </div>`
}
