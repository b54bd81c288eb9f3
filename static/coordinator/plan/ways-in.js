// What would let a survey in that found no place: asked for one survey at a time, since each change is tried out.

import { say, named } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { dayAndWeekday, hours } from "../dates.js"
import { Icon, Loading, wordsOf } from "../states.js"

export function WaysIn({ plan, item }) {
  const [asked, setAsked] = useState(false)
  const { data, error, again } = useAnswer(asked ? `/plans/${plan.id}/unplanned/${item.survey_id}/changes` : null)
  if (!asked) return html`<div><button class="button plain" type="button" aria-label=${say("way_in.ask_of", { premises: item.premises })} onClick=${() => setAsked(true)}><${Icon} name="spark" />${say("way_in.ask")}</button></div>`
  if (error) return html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${wordsOf(error)} <button class="button" type="button" onClick=${again}>${say("again")}</button></span></p>`
  if (!data) return html`<${Loading} words=${say("way_in.trying")} />`
  if (data.items.length === 0) return html`<p class="notice" role="status"><${Icon} name="info" /><span>${say("way_in.none")}</span></p>`
  return html`<div role="status"><p class="quiet">${say("way_in.any", { n: data.items.length })}</p><ul class="because">${data.items.map((change) => html`<li key=${change.code}><${Icon} name=${ICONS[change.code]} /><span>${sentenceOf(change)}</span></li>`)}</ul></div>`
}

const ICONS = { nothing: "check", window: "phone", video: "video", overtime: "clock", district: "user", desk: "video", car: "car", leave: "user", deadline: "clock", give_way: "undo", give_up: "undo" }

/** One change as a coordinator says it. @param {{code: string}} change */
export function sentenceOf({ code, officers, day, at, minutes, days, district, other }) {
  return say(`way_in.${code}`, {
    names: officers.map((officer) => officer.name).join(say("and")),
    day: day || at ? dayAndWeekday(day || at.starts_at) : "",
    hours: at ? hours(at.starts_at, at.ends_at) : "",
    n: minutes || days,
    district: named(district || {}),
    premises: other?.premises || "",
  })
}
