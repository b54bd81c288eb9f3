// One survey of a case: how and when, what was found, its record, and the applicant's way in.

import { day } from "../../shared/format.js"
import { language, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { Mode, State } from "../chips.js"
import { dayAndWeekday, hours } from "../dates.js"
import { Icon } from "../states.js"
import { who } from "../who.js"
import { JoinLink } from "./join-link.js"
import { Observers } from "./observers.js"
import { Offers } from "./offers.js"
import { Recording } from "./recording.js"
import { Recused } from "./recused.js"

const STILL_TO_COME = new Set(["scheduled", "under_way"])

/** `waits`: its case waits for it too. */
export function Survey({ survey, waits, changed }) {
  const { visit, verdict } = survey
  return html`<div class="survey">
    <p class="wrap">${survey.mode && html`<${Mode} mode=${survey.mode} />`} <${State} of="survey" is=${survey.status} />${survey.recheck && html` <span class="chip">${say("sheet.recheck")}</span>`}</p>
    ${visit && html`<p>${dayAndWeekday(visit.starts_at)} <span class="unit">${hours(visit.starts_at, visit.ends_at)}</span> <span class="quiet">${[visit.lead, visit.second].filter(Boolean).join(say("and"))}</span></p>`}
    ${visit?.recused.length > 0 && html`<${Recused} survey=${survey} changed=${changed} />`}
    ${verdict && html`<p class="wrap"><${State} of="finding" is=${verdict.finding} /><span>${say("sheet.verdict_by", { by: who(verdict.by, verdict.by_name), day: day(verdict.at) })}</span>${verdict.rectify_by && html`<span class="quiet">${say("sheet.rectify_by", { day: day(verdict.rectify_by) })}</span>`}</p>`}
    ${survey.records.length > 0 && html`<${Records} survey=${survey} />`}
    ${survey.recorded && html`<${Recording} survey=${survey} />`}
    ${mayChange() && visit && survey.mode === "video" && STILL_TO_COME.has(survey.status) && html`<${JoinLink} visit=${visit.id} changed=${changed} />`}
    ${visit && survey.mode === "video" && STILL_TO_COME.has(survey.status) && html`<${Observers} visit=${visit.id} />`}
    ${waits && survey.status === "open" && html`<${Offers} survey=${survey} changed=${changed} />`}
  </div>`
}

/** The finished record, in each language it was set in. */
function Records({ survey }) {
  return html`<p class="wrap">${languagesOf(survey).map((which) => html`<a class="button" key=${which} href=${recordOf(survey, which)} target="_blank" rel="noopener"><${Icon} name="file" />${say(`record.${which}`)}</a>`)}</p>`
}

/** The languages a survey's record was set in, the reader's own first. */
export function languagesOf(survey) {
  const own = language()
  return [...new Set(survey.records.map((record) => record.language))].sort((one, other) => Number(other === own) - Number(one === own))
}

/** Where the newest record of a survey is. */
export const recordOf = (survey, which) => `/api/v1/surveys/${survey.id}/record.pdf?language=${which}`
