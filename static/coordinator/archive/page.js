// 案卷: what has been concluded, with its verdict and its record.

import { day } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { useAnswer, usePages } from "../asking.js"
import { languagesOf, recordOf } from "../cases/survey.js"
import { CaseSheet } from "../cases/sheet.js"
import { More } from "../cases/table.js"
import { useSelection } from "../cases/selection.js"
import { State } from "../chips.js"
import { useKeys } from "../keys.js"
import { addressOf, route } from "../route.js"
import { Empty, Icon, Loading, Mishap } from "../states.js"
import { who } from "../who.js"

const CLOSED = ["decided", "rectifying", "withdrawn"]
const A_PAGE = 20

export function Page() {
  const { id, query } = route.value
  const status = CLOSED.includes(query.status) ? query.status : CLOSED[0]
  const list = usePages(`/cases?status=${status}&limit=${A_PAGE}`)
  const select = useSelection("archive", list)
  useKeys({ j: select.next, k: select.back, Enter: select.open, Escape: select.close })
  return html`<main class=${`split whole ${id === null ? "" : "opened"}`}>
    <section aria-label=${say("archive.list")}>
      <div class="list-head"><h1>${say("tab.archive")}</h1>
        <nav class="filters" aria-label=${say("cases.by_status")}>${CLOSED.map((each) => html`<a key=${each} href=${addressOf("archive", null, { status: each })} aria-current=${each === status ? "true" : null}>${say(`status.case.${each}`)}</a>`)}</nav></div>
      ${list.error && html`<${Mishap} error=${list.error} again=${list.again} />`}
      ${!list.items && !list.error && html`<${Loading} />`}
      ${list.items?.length === 0 && html`<${Empty} icon="file" title=${say(`archive.none.${status}`)}><span>${say("archive.none_words")}</span><a class="button" href="#/today">${say("archive.go_today")}</a><//>`}
      ${list.items?.length > 0 && html`<table class="table">
        <thead><tr><th>${say("col.premises")}</th><th class="wide">${say("col.item_type")}</th><th class="wide wider">${say("col.number")}</th><th>${say("col.verdict")}</th><th class="wide">${say("col.concluded")}</th><th class="wide">${say("col.record")}</th></tr></thead>
        <tbody>${list.items.map((item) => html`<${Row} key=${item.id} item=${item} chosen=${item.id === id} choose=${select.choose} />`)}</tbody>
      </table><${More} list=${list} />`}
    </section>
    <aside aria-label=${say("cases.sheet")}>${id === null ? html`<${Empty} icon="file" title=${say("archive.choose")} />` : html`<${CaseSheet} key=${id} id=${id} close=${select.close} changed=${list.again} />`}</aside>
  </main>`
}

function Row({ item, chosen, choose }) {
  const { data: whole } = useAnswer(`/cases/${item.id}`)
  const survey = whole?.surveys.findLast((one) => one.verdict)
  const open = (event) => {
    if (event.target.closest("a[target]")) return
    event.preventDefault()
    choose(item.id)
  }
  return html`<tr data-row=${item.id} aria-selected=${chosen ? "true" : null} onClick=${open}>
    <td><a class="row-link" href=${addressOf("archive", item.id, route.value.query)}><b>${item.premises}</b></a><span class="narrow-only quiet small">${named(item, "item_type")}</span></td>
    <td class="wide">${named(item, "item_type")}</td>
    <td class="wide wider quiet">${item.number}</td>
    <td>${survey ? html`<${State} of="finding" is=${survey.verdict.finding} />` : whole && html`<${State} of="case" is=${item.status} />`}</td>
    <td class="wide">${survey && html`${day(survey.verdict.at)} <span class="quiet">${who(survey.verdict.by, survey.verdict.by_name)}</span>`}</td>
    <td class="wide">${survey && survey.records.length > 0 && html`<a class="button" href=${recordOf(survey, languagesOf(survey)[0])} target="_blank" rel="noopener" aria-label=${say(`record.${languagesOf(survey)[0]}`)}><${Icon} name="file" />PDF</a>`}</td>
  </tr>`
}
