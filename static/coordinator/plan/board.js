// The board: officers down, days across. A trip is a tinted block, videos are hollow pills; arrow keys move the choice.

import { clock, dayOf, weekday } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useRef } from "../../vendor/view.js"
import { sayHere } from "../account.js"
import { useDrag } from "../adjust/dragging.js"
import { today } from "../dates.js"
import { Icon } from "../states.js"
import { neighbour } from "./timeline.js"

const NARROWEST_NAME_PIXELS = 52
const WIDEST_NAME_PIXELS = 120
const NARROWEST_WORDS = 0.3 // of a day: in less than that words would be cut off
const percent = (share) => `${(share * 100).toFixed(3)}%`

/** @param {{board: object, chosen: object | null, choose: (block: object) => void, drop?: Function | null}} props `drop`: where appointments may be dragged */
export function Board({ board, chosen, choose, drop = null }) {
  const surface = useRef(null)
  const { ghost, begin } = useDrag({ board, surface, drop })
  const blocks = [...board.trips, ...board.videos]
  const key = (event) => {
    if (!event.key.startsWith("Arrow") || !chosen) return
    event.preventDefault()
    const next = neighbour(blocks, chosen, event.key)
    choose(next)
    requestAnimationFrame(() => surface.current.querySelector(`[data-key="${next.key}"]`).focus())
  }
  // an empty board has no block to go to, but is scrolled by keys all the same
  return html`<div class="board-scroll" tabindex=${blocks.length === 0 ? 0 : null}><div class="board" style=${{ "--rows": board.experts.length, "--days": board.days.length, "--name": `${nameWidth(board.experts)}px` }}>
      <div class="weekdays">${board.days.map((day) => html`<b key=${day} class=${`day ${day === today() ? "today" : ""}`}>${dayHead(day)}</b>`)}</div>
      <ol class="officers" aria-label=${say("board.officers")}>${board.experts.map((expert) => html`<li key=${expert.id}>${expert.name}</li>`)}</ol>
      <div class="surface" ref=${surface} role="group" aria-label=${say("board.keys")} onKeyDown=${key}>
        <${Ground} board=${board} />
        ${board.trips.map((block) => html`<${Trip} key=${`${block.key} ${block.row}`} block=${block} chosen=${block.key === chosen?.key} first=${block === chosen} choose=${choose} begin=${begin} />`)}
        ${board.videos.map((block) => html`<${Videos} key=${block.key} block=${block} chosen=${block.key === chosen?.key} choose=${choose} begin=${begin} />`)}
        ${ghost && html`<i class=${`ghost ${ghost.top ? "top" : ""}`} style=${placed(ghost)}><span>${ghost.words}</span></i>`}
      </div>
      <${Supply} board=${board} />
    </div></div>
    <${Legend} drag=${drop !== null} />`
}

/** Pixels for the longest name: a Chinese character is about twice as wide as a letter. */
function nameWidth(experts) {
  const widths = experts.map(({ name }) => [...name].reduce((all, letter) => all + (letter > "\u2e80" ? 14 : 8), 0))
  return Math.min(Math.max(...widths, NARROWEST_NAME_PIXELS), WIDEST_NAME_PIXELS) + 24
}

function dayHead(day) {
  const words = say("board.day", { weekday: weekday(day), date: Number(day.slice(8)) })
  return day === today() ? say("board.today", { day: words }) : words
}

/** What lies below the blocks: hours that are over, days off, leave, noon. */
function Ground({ board }) {
  return html`
    ${board.past > 0 && html`<i class="past" style=${{ width: percent(board.past) }}></i>`}
    ${board.off.map((piece) => html`<i key=${`off ${piece.row} ${piece.left}`} class="off" style=${placed(piece)}></i>`)}
    ${board.days.map((day, at) => html`<i key=${day} class="rule day" style=${{ left: percent(at / board.days.length) }}></i>`)}
    ${board.noon.map((left) => html`<i key=${left} class="rule" style=${{ left: percent(left) }}></i>`)}
    ${board.away.map((piece) => html`<span key=${`away ${piece.row} ${piece.left}`} class="leave" style=${placed(piece)}><span class=${piece.width * board.days.length < NARROWEST_WORDS ? "visually-hidden" : ""}>${say(`absence.${piece.kind}`)}</span></span>`)}`
}

function placed({ row, left, width, span = 1 }) {
  return { "--row": row, "--span": span, left: percent(left), width: percent(width) }
}

function Trip({ block, chosen, first, choose, begin }) {
  const { round, letter, stops, joint } = block
  const status = round.status === "draft" ? "draft" : "promised"
  const words = [say("board.trip", { letter, n: stops }), [round.lead.name, round.second?.name].filter(Boolean).join(say("and")), say("hours", { from: clock(round.leaves_at), to: clock(round.back_at) }), joint && say("joint"), say(`status.round.${round.status}`), round.broken && say("board.broken")].filter(Boolean)
  return html`<button type="button" class=${`trip ${status} ${joint ? "joint" : ""} ${round.broken ? "broken" : ""} ${chosen ? "chosen" : ""}`} style=${placed(block)} data-key=${first || !chosen ? block.key : null}
      aria-pressed=${String(chosen)} tabindex=${first ? 0 : -1} aria-label=${words.join(say("comma"))} onClick=${() => choose(block)} onPointerDown=${(event) => begin(event, round)}>
    <b>${letter}</b>${round.broken && html`<${Icon} name="fail" />`}${joint && html`<${Icon} name="joint" />`}${status === "promised" && html`<${Icon} name="pin" />`}<span class="stops-n">${stops}</span><span class="stops-words">${say("board.stops", { n: stops })}</span>
  </button>`
}

function Videos({ block, chosen, choose, begin }) {
  const told = ({ round }) => [clock(round.leaves_at), round.visits[0]?.premises, round.broken && say("board.broken")].filter(Boolean).join(" ")
  const times = block.pills.map(told).join(say("comma"))
  return html`<button type="button" class=${`videos ${chosen ? "chosen" : ""}`} style=${placed(block)} data-key=${block.key} aria-pressed=${String(chosen)} tabindex=${chosen ? 0 : -1}
      aria-label=${say("board.videos", { name: block.officer.name, n: block.pills.length, times })} onClick=${() => choose(block)}>
    ${block.pills.map((pill) => html`<i key=${pill.id} class=${`video ${pill.joint ? "joint" : ""} ${pill.round.broken ? "broken" : ""} ${pill.round.status === "draft" ? "" : "promised"}`} style=${{ left: percent(pill.left), width: percent(pill.width) }} onPointerDown=${(event) => begin(event, pill.round)}></i>`)}
  </button>`
}

/** What each day takes: trips (cars) and videos. */
function Supply({ board }) {
  const count = (mode, at) => board.rounds.filter((round) => round.mode === mode && onDay(round, board.days[at])).length
  return html`<dl class="supply">
    ${["on_site", "video"].map((mode) => html`<div key=${mode}><dt>${say(`supply.${mode}`)}</dt>${board.days.map((day, at) => html`<dd key=${day}>${count(mode, at)}</dd>`)}</div>`)}
  </dl>`
}

const onDay = (round, day) => dayOf(round.leaves_at) === day

function Legend({ drag }) {
  return html`<p class="legend">
    <span><i></i>${say("legend.trip")}</span><span><i class="is-video"></i>${say("legend.video")}</span><span><i class="is-joint"></i><${Icon} name="joint" /> ${say("joint")}</span>
    <span><${Icon} name="pin" /> ${say("legend.promised")}</span><span><i class="is-leave"></i>${sayHere("legend.leave", "legend.leave_here")}</span>
    ${drag && html`<span><${Icon} name="swap" /> ${say("legend.drag")}</span>`}
    <span class="push keys"><kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd> ${say("legend.keys")}</span></p>`
}
