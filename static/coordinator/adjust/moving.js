// One appointment wanted at another time or in other hands: asked for by form, so that it needs no dragging.

import { clock, clockOfMinutes, dayOf, shiftDay } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { dayAndWeekday, hours } from "../dates.js"
import { Icon } from "../states.js"
import { crewOf } from "./changes.js"

const EARLIEST_HOUR = 7, LATEST_HOUR = 21
const QUARTER_MINUTES = 15

/** Minutes between the times an appointment may be wanted at: by video quarter hours, on site the bureau's own, but no list of every minute. */
export const wantedStep = (round, { on_site_grid: grid }) => (round.mode === "on_site" && grid > 1 ? grid : QUARTER_MINUTES)

/** When an appointment may be wanted: every so many minutes, or at the minute it has on that day (""). A list, and no field for a time of day: browsers write that in their own language. */
export function timesBeside(now, step = QUARTER_MINUTES) {
  const times = []
  for (let minute = 60 * EARLIEST_HOUR; minute <= 60 * LATEST_HOUR; minute += step) times.push(clockOfMinutes(minute))
  return now ? [...new Set([...times, now])].sort() : times
}

/** The moment of a local day and time of day (Beijing has no summer time). */
export const momentAt = (day, time) => `${day}T${time}:00+08:00`

export function Moving({ visit, round, experts, bureau, days, close, wish }) {
  const dialog = useRef(null)
  const choices = daysOf(days)
  const [day, setDay] = useState(choices.includes(dayOf(visit.starts_at)) ? dayOf(visit.starts_at) : choices[0])
  const [time, setTime] = useState(clock(visit.starts_at))
  const [lead, setLead] = useState("")
  useEffect(() => dialog.current.showModal(), [])
  const times = timesBeside(day === dayOf(visit.starts_at) ? clock(visit.starts_at) : "", wantedStep(round, bureau))
  const wanted = times.includes(time) ? time : [...times].reverse().find((one) => one < time) || times[0]
  const crew = crewOf(round)
  const others = experts.filter((expert) => ![round.lead.id, round.second?.id].includes(expert.id))
  const ask = (event) => {
    event.preventDefault()
    wish({ starts_at: momentAt(day, wanted), lead_id: lead ? Number(lead) : null })
  }
  return html`<dialog ref=${dialog} class="side" aria-labelledby="moving" onClose=${close}>
    <header><h2 id="moving">${say("move.title", { premises: visit.premises })}</h2>
      <button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></header>
    <form class="body" id="move-form" onSubmit=${ask}>
      <p>${say("move.now")} ${dayAndWeekday(visit.starts_at)} <span class="unit">${hours(visit.starts_at, visit.ends_at)}</span> <span class="quiet">${crew}</span></p>
      <div class="pair">
        <div class="field"><label for="move-day">${say("move.day")}</label>
          <select class="input" id="move-day" value=${day} onChange=${(event) => setDay(event.target.value)}>${choices.map((one) => html`<option key=${one} value=${one} selected=${one === day}>${dayAndWeekday(one)}</option>`)}</select></div>
        <div class="field"><label for="move-time">${say("move.time")}</label>
          <select class="input" id="move-time" value=${wanted} onChange=${(event) => setTime(event.target.value)}>${times.map((one) => html`<option key=${one} value=${one} selected=${one === wanted}>${one}</option>`)}</select></div>
      </div>
      <div class="field"><label for="move-lead">${say("move.lead")}</label>
        <select class="input" id="move-lead" value=${lead} onChange=${(event) => setLead(event.target.value)}>
          <option value="">${say("move.same", { crew })}</option>
          ${others.map((expert) => html`<option key=${expert.id} value=${expert.id}>${expert.name}</option>`)}
        </select><span class="hint">${say("move.hint", { name: round.lead.name })}</span></div>
    </form>
    <footer>
      <button class="button primary" form="move-form">${say("move.ask")}</button>
      <button class="button" type="button" onClick=${close}>${say("move.not")}</button>
    </footer>
  </dialog>`
}

function daysOf({ first_day, last_day }) {
  const found = []
  for (let day = first_day; day <= last_day; day = shiftDay(day, 1)) found.push(day)
  return found
}
