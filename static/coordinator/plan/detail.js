// What is chosen on the board: a trip with its stops, or the videos of a half-day.

import { clock } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { State } from "../chips.js"
import { district } from "../account.js"
import { dayAndWeekday, hours } from "../dates.js"
import { addressOf } from "../route.js"
import { Icon } from "../states.js"
import { stopsOf } from "./timeline.js"

/** @param {{block: object, move: ((visit: object, round: object) => void) | null}} props `move`: where appointments may be moved */
export function Detail({ block, move = null }) {
  return html`<div class="detail">${block.kind === "trip" ? html`<${Trip} block=${block} move=${move} />` : html`<${Videos} block=${block} move=${move} />`}</div>`
}

function Trip({ block, move }) {
  const { round, letter, joint } = block
  const stops = stopsOf(round)
  return html`
    <div class="row"><h2>${say("detail.trip", { letter, n: stops.length })}</h2><span class="push"><${State} of="round" is=${round.status} /></span></div>
    <p>${dayAndWeekday(round.leaves_at)} <span class="unit">${hours(round.leaves_at, round.back_at)}</span></p>
    <p>${[round.lead.name, round.second?.name].filter(Boolean).join(say("and"))}${round.car && html`<span class="quiet">${say("comma")}${say("detail.car", { n: round.car })}</span>`}</p>
    ${isAway(round) && html`<${Broken} />`}
    ${round.partial && html`<p class="notice"><${Icon} name="info" /><span>${say("detail.partial", { district: district() })}</span></p>`}
    <div><h3>${say("detail.why")}</h3><ul class="because">${reasonsOf(round, stops, joint).map((words) => html`<li key=${words}><${Icon} name="check" />${words}</li>`)}</ul></div>
    <div><h3>${say("detail.stops")}</h3>
      <ol class="stops">
        <li class="base"><span class="at">${clock(round.leaves_at)}</span><span class="quiet">${say("detail.leaves")}</span></li>
        ${stops.map((stop, at) => html`<${Stop} key=${stop[0].id} stop=${stop} name=${`${letter}${at + 1}`} gap=${round.partial ? 0 : gap(round, stops, at)} round=${round} move=${round.partial ? null : move} />`)}
        <li class="base"><span class="at">${clock(round.back_at)}</span><span class="quiet">${say("detail.back")}</span></li>
      </ol></div>`
}

/** Whether somebody of the crew cannot come at all; who must not judge one applicant is said at that stop. */
const isAway = (round) => round.visits.some((visit) => visit.broken && visit.recused.length === 0)

const Broken = () => html`<p class="notice fail"><${Icon} name="fail" /><span>${say("detail.broken")}</span></p>`

const Recused = ({ visit }) => visit.recused.length > 0 && html` <span class="chip fail"><${Icon} name="fail" />${say("detail.recused", { names: visit.recused.join(say("and")) })}</span>`

/** The way to another time, for an appointment that has not begun. */
function Move({ visit, round, move }) {
  if (!move || round.status !== "published" || visit.status !== "scheduled") return null
  return html`<button class="button plain" type="button" aria-label=${say("move.title", { premises: visit.premises })} onClick=${() => move(visit, round)}>${say("move.short")}</button>`
}

function Stop({ stop, name, gap, round, move }) {
  return html`<li>
    <span class="at">${clock(stop[0].starts_at)}</span>
    <span class="what"><b class="pin-name">${name}</b> <a href=${addressOf("cases", stop[0].case_id)}>${stop[0].premises}</a>
      ${stop.length > 1 && html` <span class="chip joint"><${Icon} name="joint" />${say("joint")}</span>`}
      ${stop.map((visit) => html`<${Recused} key=${`recused ${visit.id}`} visit=${visit} />`)}
      ${stop.map((visit) => html`<span class="quiet small" key=${visit.id}>${named(visit, "item_type")}${say("comma")}${say("detail.minutes", { n: minutes(visit.starts_at, visit.ends_at) })}</span>`)}
      ${gap > 0 && html`<span class="quiet small">${say("detail.before", { n: gap })}</span>`}</span>
    ${stop.length === 1 && html`<${Move} visit=${stop[0]} round=${round} move=${move} />`}
  </li>`
}

function Videos({ block, move }) {
  return html`
    <div class="row"><h2>${say("detail.videos", { name: block.officer.name, n: block.rounds.length })}</h2></div>
    <p>${dayAndWeekday(block.rounds[0].leaves_at)} ${say(block.morning ? "morning" : "afternoon")}</p>
    ${block.rounds.some(isAway) && html`<${Broken} />`}
    <ol class="stops">${block.rounds.map((round) => round.visits.map((visit) => html`<li key=${visit.id}>
      <span class="at">${clock(visit.starts_at)}</span>
      <span class="what"><a href=${addressOf("cases", visit.case_id)}>${visit.premises}</a>
        <span class="quiet small">${named(visit, "item_type")}${say("comma")}${say("detail.minutes", { n: minutes(visit.starts_at, visit.ends_at) })}</span>
        <${Recused} visit=${visit} />
        ${round.second && html`<span class="quiet small">${say("detail.with", { names: [round.lead.name, round.second.name].join(say("and")) })}</span>`}</span>
      <span class="appointment"><${State} of="round" is=${round.status} /><${Move} visit=${visit} round=${round} move=${move} /></span>
    </li>`))}</ol>`
}

/** Facts that follow from the trip itself: nothing is guessed about what the planner weighed. */
function reasonsOf(round, stops, joint) {
  const merged = round.visits.length - stops.length
  return [
    round.second && say("why.two"),
    joint && say("why.joint", { n: merged }),
    !round.partial && say("why.travel", { n: round.travel_minutes, each: Math.round(round.travel_minutes / stops.length) }),
  ].filter(Boolean)
}

/** Minutes on the road and waiting before a stop. */
function gap(round, stops, at) {
  return minutes(at === 0 ? round.leaves_at : stops[at - 1].at(-1).ends_at, stops[at][0].starts_at)
}

const minutes = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 60_000)
