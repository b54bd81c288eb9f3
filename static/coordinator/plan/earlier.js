// Plans made before, newest first.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { State } from "../chips.js"
import { dayRange } from "../dates.js"
import { addressOf } from "../route.js"

const LISTED = 6

export function Earlier({ plans, shown = null }) {
  const others = plans.filter((plan) => plan.id !== shown).slice(0, LISTED)
  if (others.length === 0) return null
  return html`<div class="earlier-plans"><h3>${say("plan.earlier")}</h3>
    <ul>${others.map((plan) => html`<li key=${plan.id}>
      <a class="row-link" href=${addressOf("plan", plan.id)}>${dayRange(plan.first_day, plan.last_day)}</a>
      <${State} of="plan" is=${plan.status} />
    </li>`)}</ul></div>`
}
