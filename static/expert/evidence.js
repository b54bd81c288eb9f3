// The evidence of one point: frames to fill, so that what is missing has a place.

import { NoAnswer } from "../shared/api.js"
import { clock, when } from "../shared/format.js"
import { say } from "../shared/words.js"
import { html, useState } from "../vendor/view.js"
import { frozen, show } from "./frozen.js"
import { Icon, Side, tell } from "./parts.js"
import { discard, lackOf, photosOf, sending, sheet } from "./sheet.js"
import { asked } from "./stills.js"

const UNDO_SECONDS = 8
const hidden = new Set() // thrown away, but still to be taken back

export function Evidence({ point }) {
  const [, redraw] = useState(0)
  const [viewed, setViewed] = useState(null)
  if (!point) return null
  const pieces = photosOf(point.name).filter((piece) => !hidden.has(piece.number))
  const missing = lackOf(point.name)?.photos_missing || 0
  const onWay = sending.value[point.name] || 0
  const waiting = asked.value?.point === point.name
  const throwAway = (piece) => {
    setViewed(null)
    hidden.add(piece.number)
    redraw((n) => n + 1)
    const timer = setTimeout(async () => {
      await discard(piece.number).catch((error) => tell(error instanceof NoAnswer ? say("mishap.silent") : error.message))
      hidden.delete(piece.number)
      redraw((n) => n + 1)
    }, UNDO_SECONDS * 1000)
    const undo = () => {
      clearTimeout(timer)
      hidden.delete(piece.number)
      redraw((n) => n + 1)
    }
    tell(say("evidence.gone", { n: piece.number }), { undo, seconds: UNDO_SECONDS })
  }
  return html`<section class="evidence" aria-label=${say("evidence")}>
    <div class="row">
      <b>${say("evidence")}</b>
      <span class="quiet">${point.photos > 0 ? say("evidence.count", { n: pieces.length, total: point.photos }) : say("evidence.none_needed")}</span>
      ${missing > 0 && html`<span class="chip rectify push"><${Icon} name="rectify" />${say("evidence.missing", { n: missing })}</span>`}
      ${missing === 0 && point.photos > 0 && html`<span class="chip pass push"><${Icon} name="pass" />${say("evidence.enough")}</span>`}
    </div>
    <div class="frames" tabindex="0" role="group" aria-label=${say("evidence")}>
      ${pieces.map((piece) => html`<button key=${piece.id} type="button" class="frame" onClick=${() => setViewed(piece)}><img src=${piece.drawn.at(-1)?.thumbnail_url || piece.thumbnail_url} alt="" />${piece.drawn.length > 0 && html`<span class="drawn-sign"><${Icon} name="pen" />${say("evidence.drawn")}</span>`}<span class="caption">${say(`source.${piece.source}`)} ${clock(piece.taken_at || piece.received_at)}</span></button>`)}
      ${Array.from({ length: onWay }, (_, i) => html`<div class="frame waiting" key=${`way ${i}`} role="status"><${Icon} name="upload" /><span>${say("evidence.on_way")}</span></div>`)}
      ${waiting && html`<div class="frame waiting" role="status"><${Icon} name="camera" /><span>${say(asked.value.phone ? "evidence.asked" : "evidence.cutting")}</span></div>`}
      ${Array.from({ length: Math.max(0, missing - onWay - (waiting ? 1 : 0)) }, (_, i) => html`<div class="frame missing" key=${`missing ${i}`}><${Icon} name="camera" /><span>${say("evidence.wanted")}</span></div>`)}
      ${!pieces.length && !missing && !onWay && !waiting && html`<p class="quiet no-frames">${say("evidence.empty")}</p>`}
    </div>
    ${viewed && html`<${Viewer} piece=${sheet.value.evidence.find((piece) => piece.id === viewed.id) || viewed} onClose=${() => setViewed(null)} onThrowAway=${() => throwAway(viewed)} />`}
  </section>`
}

/** A photo is drawn on during a call, with the applicant looking. */
function mayDraw() {
  const { may, session } = sheet.value
  return may.answer && !frozen.value && (session?.status === "waiting" || session?.status === "live")
}

function Viewer({ piece, onClose, onThrowAway }) {
  return html`<${Side} title=${say("evidence.title", { n: piece.number })} onClose=${onClose}
    footer=${html`<a class="button" href=${piece.original_url} target="_blank" rel="noopener"><${Icon} name="download" />${say("evidence.original")}</a>
      ${mayDraw() && html`<button type="button" class="button" onClick=${() => (onClose(), show(piece.number))}><${Icon} name="pen" />${say("evidence.draw")}</button>`}
      ${sheet.value.may.answer && html`<button type="button" class="button push" onClick=${onThrowAway}><${Icon} name="close" />${say("evidence.throw_away")}</button>`}`}>
    <img class="viewed" src=${piece.view_url} alt=${say("evidence.title", { n: piece.number })} />
    ${piece.drawn.map((one) => html`<figure key=${one.id} class="drawn-on"><img class="viewed" src=${one.view_url} alt=${say("evidence.drawn_title", { n: piece.number })} /><figcaption class="quiet small">${say("evidence.drawn_at", { time: clock(one.at) })}</figcaption></figure>`)}
    <dl class="facts">
      <dt>${say("evidence.from")}</dt><dd>${say(`source.${piece.source}`)}</dd>
      ${piece.taken_at && html`<dt>${say("evidence.taken")}</dt><dd>${when(piece.taken_at)}</dd>`}
      <dt>${say("evidence.received")}</dt><dd>${when(piece.received_at)}</dd>
      <dt>${say("evidence.size")}</dt><dd>${piece.width} × ${piece.height}</dd>
      <dt>SHA-256</dt><dd class="digest">${piece.sha256}</dd>
    </dl>
  <//>`
}
