// The list itself: a case a row, urgency in its own column, personal data masked by the server.

import { when } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { DaysLeft, State } from "../chips.js"
import { addressOf, route } from "../route.js"
import { Icon } from "../states.js"

export function CaseTable({ list, chosen, choose }) {
  return html`<table class="table cases">
    <thead><tr><th>${say("col.premises")}</th><th class="wide">${say("col.item_type")}</th><th class="wide">${say("col.district")}</th><th>${say("col.deadline")}</th><th>${say("col.status")}</th><th class="wide">${say("col.survey")}</th></tr></thead>
    <tbody>${list.items.map((item) => html`<${Row} key=${item.id} item=${item} chosen=${item.id === chosen} choose=${choose} />`)}</tbody>
  </table>
  <${More} list=${list} />`
}

function Row({ item, chosen, choose }) {
  const open = (event) => {
    event.preventDefault()
    choose(item.id)
  }
  return html`<tr data-row=${item.id} aria-selected=${chosen ? "true" : null} onClick=${open}>
    <td><a class="row-link" href=${addressOf("cases", item.id, route.value.query)}><b>${item.premises}</b></a><span class="narrow-only quiet small">${named(item, "item_type")}</span></td>
    <td class="wide">${named(item, "item_type")}</td>
    <td class="wide">${named(item, "district")}</td>
    <td><${DaysLeft} item=${item} /></td>
    <td><${State} of="case" is=${item.status} /></td>
    <td class="wide"><${Appointment} survey=${item.survey} /></td>
  </tr>`
}

function Appointment({ survey }) {
  if (!survey?.starts_at) return html`<span class="quiet">${say("cases.no_time")}</span>`
  return html`<span class="appointment"><${Icon} name=${survey.mode === "video" ? "video" : "car"} spoken=${say(`mode.${survey.mode}`)} />${when(survey.starts_at)} <span class="quiet">${survey.lead}</span></span>`
}

/** The next page of a list, where there is one. */
export function More({ list }) {
  if (!list.next) return null
  return html`<p class="more">${list.moreError && html`<span class="quiet">${say("no_answer")}</span>`}
    <button class="button" type="button" onClick=${list.more} aria-disabled=${list.moreBusy ? "true" : null}>${say(list.moreBusy ? "loading" : "more")}</button></p>`
}
