// 随机派员: that experts are drawn, by which seed, who was drawn among whom, and how anybody can check it.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { State } from "../chips.js"
import { dayAndWeekday, stamp } from "../dates.js"
import { addressOf } from "../route.js"
import { Icon, Loading, wordsOf } from "../states.js"

/** Nothing, where the bureau does not draw. */
export function FairDraw({ plan }) {
  if (!plan.commitment) return null
  const hidden = ["queued", "running"].includes(plan.status)
  return html`<section class="draw" aria-labelledby="fair-draw">
    <h3 id="fair-draw"><${Icon} name="shield" />${say("draw.title")}</h3>
    ${hidden && html`<p>${say("draw.bound")}</p>`}
    <dl><dt>${say("draw.commitment")}</dt><dd><code>${plan.commitment}</code></dd></dl>
    ${!hidden && html`<${Shown} plan=${plan} />`}
  </section>`
}

function Shown({ plan }) {
  const { data, error, again } = useAnswer(`/plans/${plan.id}/draw`)
  if (error) return html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${wordsOf(error)} <button class="button" type="button" onClick=${again}>${say("again")}</button></span></p>`
  if (!data) return html`<${Loading} />`
  const among = data.lots.filter(({ candidates }) => candidates.length > 1)
  return html`
    <dl><dt>${say("draw.seed")}</dt><dd><code>${data.seed}</code></dd></dl>
    <p>${data.lots.length === 0 ? say("draw.none") : say("draw.counts", { n: among.length, alone: data.lots.length - among.length })}</p>
    ${among.length > 0 && html`<details><summary>${say("draw.lots")}</summary><ol>${among.map((lot) => html`<li key=${lot.label}><${Lot} lot=${lot} /></li>`)}</ol></details>`}
    ${data.others.length > 0 && html`<div><p>${say("draw.others", { n: data.others.length })}</p><ul class="other-draws">${data.others.map((other) => html`<li key=${other.plan_id}><a class="row-link" href=${addressOf("plan", other.plan_id)}>${stamp(other.created_at)}</a><${State} of="plan" is=${other.status} /></li>`)}</ul></div>`}
    <p class="quiet">${say("draw.check")}</p>
    <div><a class="button" href=${`/api/v1/plans/${plan.id}/draw`} download=${`draw-${plan.id}.json`}><${Icon} name="download" />${say("draw.download")}</a></div>`
}

function Lot({ lot }) {
  const [day, turn] = lot.label.split("/")
  const names = lot.candidates.map((one) => one.name).join(say("and"))
  return html`<span class="quiet">${say("draw.turn", { day: dayAndWeekday(day), n: turn })}</span>
    <span>${lot.cases.join(say("and"))}</span>
    <span>${say("draw.lot", { drawn: lot.drawn.name, names })}</span>`
}
