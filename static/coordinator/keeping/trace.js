// What is left of recordings that were deleted: who, when, by which rule, and each file's digest.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { isAdministrator } from "../account.js"
import { useAnswer } from "../asking.js"
import { State } from "../chips.js"
import { dayAndYear, stampAndYear } from "../dates.js"
import { addressOf } from "../route.js"
import { size } from "../sizes.js"
import { Icon, Loading, Mishap } from "../states.js"
import { who } from "../who.js"

export function Trace({ id, close }) {
  const { data: disposal, error, again } = useAnswer(`/disposals/${id}`)
  if (error && !disposal) return html`<${Mishap} error=${error} again=${again} />`
  if (!disposal) return html`<${Loading} />`
  const { files } = disposal
  return html`
    <div class="sheet-head">
      <div class="row"><h2 tabindex="-1">${disposal.number}</h2><button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></div>
      <p><${State} of="disposal" is=${disposal.status} /></p>
      ${!isAdministrator() && html`<p><a href=${addressOf("archive", disposal.case_id)}>${say("keeping.to_case")}</a></p>`}
    </div>
    <dl class="facts">
      <dt>${say("col.closed")}</dt><dd>${dayAndYear(disposal.closed_at)}</dd>
      <dt>${say("col.rule")}</dt><dd>${say("keeping.rule", { n: disposal.months })}</dd>
      <dt>${say("col.proposed")}</dt><dd>${stampAndYear(disposal.proposed_at)} <span class="quiet">${who(disposal.proposed_by, disposal.proposed_by_name)}</span></dd>
      ${disposal.confirmed_at && html`<dt>${say("col.confirmed")}</dt><dd>${stampAndYear(disposal.confirmed_at)} <span class="quiet">${who(disposal.confirmed_by, disposal.confirmed_by_name)}</span></dd>`}
      ${disposal.done_at && html`<dt>${say("keeping.done_at")}</dt><dd>${stampAndYear(disposal.done_at)}</dd>`}
    </dl>
    ${files.length > 0 && html`<section class="acting"><h3>${say("keeping.traces", { n: files.length })}</h3>
      <ul class="traces small">${files.map((file) => html`<li key=${file.sha256 + file.name}><span>${stampAndYear(file.starts_at)} ${file.name}</span> <span class="quiet unit">${size(file.bytes)}</span>${!file.gone_at && html` <span class="chip">${say("keeping.going")}</span>`}${file.shared && html` <span class="chip">${say("keeping.shared")}</span>`}<br /><code>${file.sha256}</code></li>`)}</ul></section>`}`
}
