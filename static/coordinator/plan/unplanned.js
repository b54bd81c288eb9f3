// What found no place in the plan, the most urgent first, and why.

import { daysAhead } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { DaysLeft } from "../chips.js"
import { addressOf } from "../route.js"
import { Empty } from "../states.js"
import { WaysIn } from "./ways-in.js"

export function Unplanned({ plan }) {
  if (["queued", "running"].includes(plan.status)) return html`<header><h2>${say("plan.unplanned_title")}</h2></header><p class="panel-words quiet">${say("unplanned.wait")}</p>`
  if (plan.status === "failed") return html`<${Empty} icon="fail" title=${say("unplanned.failed")}><span>${plan.error}</span>${mayChange() && html`<a class="button" href="#/plan?new=1">${say("plan.new")}</a>`}<//>`
  const sorted = [...plan.unplanned].sort((one, other) => one.survey_by.localeCompare(other.survey_by))
  return html`<header><h2>${say("plan.unplanned_n", { n: sorted.length })}</h2><span class="quiet small push">${sorted.length > 1 ? say("unplanned.order") : ""}</span></header>${plan.beyond > 0 && html`<p class="panel-words quiet">${say("unplanned.beyond", { n: plan.beyond })}</p>`}
    ${sorted.length === 0 && html`<${Empty} icon="pass" title=${say("unplanned.none")}><span>${say("unplanned.none_words")}</span><//>`}
    ${sorted.map((item) => html`<article class="loose" key=${item.survey_id}>
      <div class="row"><h3><a class="row-link" href=${addressOf("cases", item.case_id)}>${item.premises}</a></h3><span class="push"><${DaysLeft} item=${{ ...item, days_left: daysAhead(item.survey_by), status: "received" }} /></span></div>
      <p class="quiet">${named(item, "item_type")}</p>
      <ul>${item.reasons.map((reason, at) => html`<li key=${at}>${reason.text}</li>`)}</ul>
      ${plan.status === "draft" && item.reasons.every(({ code }) => code !== "no_place") && html`<${WaysIn} plan=${plan} item=${item} />`}
    </article>`)}`
}
