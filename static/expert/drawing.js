// Drawing on the frozen still: with the mouse or a finger, or with the keys alone.

import { FrozenStill, MOST_LETTERS, thinned } from "../shared/frozen.js"
import { moved, stepOf } from "../shared/place.js"
import { say } from "../shared/words.js"
import { html, signal, useEffect, useRef, useState } from "../vendor/view.js"
import { close, draw, frozen, seen, unsent, wipe } from "./frozen.js"
import { Icon } from "./parts.js"

const SMALLEST = 0.01 // of the picture: less is a slip of the hand
const MIDDLE = { x: 0.5, y: 0.5 }
const TOOLS = [
  ["arrow", "A"],
  ["circle", "O"],
  ["line", "L"],
  ["text", "X"],
]

const tool = signal("arrow")
const text = signal("")

const nothing = () => {}

/** The keys of the tools, while something is frozen; those of the live picture rest. */
export const drawingKeys = {
  a: () => choose("arrow"),
  o: () => choose("circle"),
  l: () => choose("line"),
  x: () => choose("text"),
  f: () => close(true),
  backspace: () => wipe(),
  escape: () => close(false),
  " ": nothing,
  s: nothing,
  p: nothing,
}

function choose(which) {
  tool.value = which
  document.querySelector(which === "text" ? ".drawing-text" : ".drawing .pad")?.focus()
}

/** The field takes the keys as soon as it is there: no letter is lost. */
const takeKeys = (field) => field?.focus()

/** Over the picture: the still, and the pad that hand and keys work on. */
export function Drawing() {
  const still = useRef(null)
  const pad = useRef(null)
  const [stroke, setStroke] = useState(null) // being drawn: {kind, places}
  const [cursor, setCursor] = useState(null) // where the keys are; null while the hand draws
  const now = frozen.value
  still.current ||= new FrozenStill(say("frozen.still", { n: now.number }))
  useEffect(() => pad.current.focus(), [])
  const crosshair = cursor && !stroke ? [cross(cursor)] : []
  useEffect(() => still.current.show(now, [...unsent.value, ...(stroke ? [stroke] : []), ...crosshair.flat()]))

  const start = ({ x, y }) => {
    if (tool.value !== "text") return setStroke({ kind: tool.value, places: [[x, y], [x, y]], text: "" })
    const words = text.value.trim()
    if (!words) return choose("text")
    draw({ kind: "text", places: [[x, y]], text: words })
    text.value = ""
  }
  const go = ({ x, y }) => setStroke((one) => one && { ...one, places: one.kind === "line" ? [...one.places, [x, y]] : [one.places[0], [x, y]] })
  const finish = () => {
    setStroke(null)
    if (!stroke || spanOf(stroke.places) < SMALLEST) return
    draw({ ...stroke, places: stroke.kind === "line" ? thinned(stroke.places) : stroke.places })
  }
  const press = (event) => {
    const place = event.button === 0 && still.current.placeAt(event.clientX, event.clientY)
    if (!place) return
    if (event.currentTarget.hasPointerCapture && tool.value !== "text") event.currentTarget.setPointerCapture(event.pointerId)
    setCursor(null)
    start(place)
  }
  const drag = (event) => {
    const place = stroke && event.buttons & 1 && still.current.placeAt(event.clientX, event.clientY)
    if (place) go(place)
  }
  const key = (event) => {
    const step = stepOf(event)
    if (step) {
      const next = moved(cursor || MIDDLE, ...step)
      setCursor(next)
      if (stroke) go(next)
    } else if (event.key === "Enter" || event.key === " ") {
      if (stroke) finish()
      else {
        setCursor(cursor || MIDDLE)
        start(cursor || MIDDLE)
      }
    } else if (event.key === "Escape" && stroke) setStroke(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return html`<div class="drawing">
    <div class="still-place" ref=${(place) => place && place.firstChild !== still.current.node && place.replaceChildren(still.current.node)}></div>
    <div class="pad" ref=${pad} tabindex="0" role="application" aria-label=${say("draw.pad")} onPointerDown=${press} onPointerMove=${drag} onPointerUp=${finish} onPointerCancel=${() => setStroke(null)} onKeyDown=${key}></div>
    <p class="corner tl frozen-word" role="status"><${Icon} name="freeze" />${say(seen.value ? "frozen.both" : "frozen.away")}</p>
    <span class="visually-hidden" role="status">${[say("draw.count", { n: now.strokes.length }), cursor && say("point.at", { x: Math.round(cursor.x * 100), y: Math.round(cursor.y * 100) })].filter(Boolean).join(" ")}</span>
  </div>`
}

/** In place of the tools of the live picture. */
export function DrawingTools() {
  const own = frozen.value.strokes.length > 0
  return html`<div class="tools" role="toolbar" aria-label=${say("draw.tools")}>
    <span class="row" role="group" aria-label=${say("draw.with")}>${TOOLS.map(([which, key]) => html`<button key=${which} type="button" class="tool" aria-pressed=${String(tool.value === which)} onClick=${() => choose(which)}>${say(`draw.${which}`)} <kbd>${key}</kbd></button>`)}</span>
    ${tool.value === "text" && html`<input ref=${takeKeys} class="input drawing-text" maxlength=${MOST_LETTERS} value=${text.value} placeholder=${say("draw.words")} aria-label=${say("draw.words")} onInput=${(event) => (text.value = event.target.value)} onKeyDown=${(event) => event.key === "Enter" && document.querySelector(".drawing .pad").focus()} />`}
    <button type="button" class="tool" aria-disabled=${own ? null : "true"} onClick=${() => own && wipe()}><${Icon} name="undo" />${say("draw.wipe")} <kbd>⌫</kbd></button>
    <span class="row push"><button type="button" class="tool" onClick=${() => close(false)}>${say("frozen.give_up")} <kbd>Esc</kbd></button>
    <button type="button" class="tool still" onClick=${() => close(true)}><${Icon} name="check" />${say(own ? "frozen.keep" : "frozen.back")} <kbd>F</kbd></button></span>
  </div>`
}

/** How far a stroke reaches, one way or the other. */
function spanOf(places) {
  const spans = [0, 1].map((i) => Math.max(...places.map((place) => place[i])) - Math.min(...places.map((place) => place[i])))
  return Math.max(...spans)
}

/** Where the keys are: two thin lines. */
function cross({ x, y }) {
  const arm = 0.02
  return [
    { kind: "line", places: [[x - arm, y], [x + arm, y]] },
    { kind: "line", places: [[x, y - arm], [x, y + arm]] },
  ]
}
