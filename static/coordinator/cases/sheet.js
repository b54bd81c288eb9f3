// One case, whole: what it is, its surveys, who must not judge it, the messages sent about it, and everything that happened.

import { day } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { DaysLeft, State } from "../chips.js"
import { Keeping } from "../keeping/keeping.js"
import { Icon, Loading, Mishap } from "../states.js"
import { Actions } from "./actions.js"
import { History } from "./history.js"
import { Notices } from "./notices.js"
import { Recusals } from "./recusals.js"
import { Survey } from "./survey.js"

/** @param {{id: number, close: () => void, changed?: () => void}} props `changed` tells the list beside it */
export function CaseSheet({ id, close, changed = () => {} }) {
  const { data: item, error, again } = useAnswer(`/cases/${id}`)
  if (error && !item) return html`<${Mishap} error=${error} again=${again} />`
  if (!item) return html`<${Loading} />`
  const refresh = () => {
    again()
    changed()
  }
  return html`
    <div class="sheet-head">
      <div class="row"><h2 tabindex="-1">${item.premises}</h2><button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></div>
      <p class="quiet">${named(item, "item_type")}</p>
      <p class="wrap"><${State} of="case" is=${item.status} /> <${DaysLeft} item=${item} /></p>
    </div>
    <dl class="facts">
      <dt>${say("fact.number")}</dt><dd>${item.number}</dd>
      <dt>${say("fact.applicant")}</dt><dd>${item.applicant}</dd>
      <dt>${say("fact.address")}</dt><dd>${item.address}${item.district && html`<span class="quiet"> ${named(item, "district")}</span>`}</dd>
      <dt>${say("fact.accepted")}</dt><dd>${day(item.accepted_on)}</dd>
      <dt>${say("fact.survey_by")}</dt><dd>${day(item.survey_by)}</dd>
    </dl>
    <section><h3>${say("sheet.surveys")}</h3>
      ${item.surveys.length === 0 && html`<p class="quiet">${say("sheet.no_survey")} ${mayChange() && html`<a href="#/plan">${say("sheet.go_plan")}</a>`}</p>`}
      ${item.surveys.map((survey) => html`<${Survey} key=${survey.id} survey=${survey} waits=${item.status === "received"} changed=${refresh} />`)}
    </section>
    <${Recusals} id=${item.id} changed=${refresh} />
    ${item.surveys.some((survey) => survey.recorded) && html`<${Keeping} key=${item.status} id=${item.id} />`}
    ${mayChange() && html`<${Actions} item=${item} changed=${refresh} />`}
    <${Notices} notices=${item.notices} changed=${refresh} />
    <${History} events=${item.timeline} />`
}
