// 进行中: today's visits as they happen, with the chosen case open beside them.

import { clock } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange, sayHere } from "../account.js"
import { useAdjusting } from "../adjust/desk.js"
import { Needs } from "../adjust/needs.js"
import { useAnswer } from "../asking.js"
import { CaseSheet } from "../cases/sheet.js"
import { useSelection } from "../cases/selection.js"
import { Mode } from "../chips.js"
import { dayAndWeekday, today } from "../dates.js"
import { useKeys } from "../keys.js"
import { addressOf, route } from "../route.js"
import { Empty, Icon, Loading, Mishap } from "../states.js"
import { TodayFigures } from "./figures.js"
import { Now, Presence } from "./presence.js"
import { isNear, useSheets } from "./sheets.js"

export function Page() {
  const { id } = route.value
  const board = useAnswer(`/board?from=${today()}&to=${today()}`)
  const visits = board.data && visitsOf(board.data.rounds)
  const { sheets, live, freshAt } = useSheets(visits, board.again)
  const adjusting = useAdjusting({ first: today(), last: today(), experts: board.data?.experts || [], bureau: board.data?.bureau, changed: board.again })
  const select = useSelection("today", { items: (visits || []).map((visit) => ({ id: visit.case_id })), next: null, more: () => {} })
  useKeys({ j: select.next, k: select.back, Enter: select.open, Escape: select.close })
  return html`
    <${TodayFigures} visits=${visits} sheets=${sheets} freshAt=${freshAt} />
    <main class=${`split ${id === null ? "" : "opened"}`}>
      <section aria-label=${say("today.list")}>
        <div class="list-head"><h1>${dayAndWeekday(today())}</h1><span class=${`push live ${live ? "up" : ""}`} role="status"><${Icon} name=${live ? "signal" : "offline"} />${live ? say("today.live") : say("today.asking", { at: freshAt ? clock(freshAt) : "–" })}</span>${mayChange() && board.data && html`<button class="button" type="button" onClick=${adjusting.leave}><${Icon} name="user" />${say("leave.title")}</button>`}</div>
        ${board.data && html`<${Needs} board=${board.data} adjust=${adjusting.adjust} />`}
        ${board.error && !visits && html`<${Mishap} error=${board.error} again=${board.again} />`}
        ${!visits && !board.error && html`<${Loading} />`}
        ${visits?.length === 0 && html`<${Empty} icon="calendar" title=${sayHere("today.none", "today.none_here")}><span>${say("today.none_words")}</span>${mayChange() && html`<a class="button primary" href="#/plan">${say("today.go_plan")}</a>`}<//>`}
        ${visits?.length > 0 && html`<table class="table">
          <thead><tr><th>${say("col.time")}</th><th>${say("col.premises")}</th><th class="wide">${say("col.item_type")}</th><th class="wide">${say("col.mode")}</th><th class="wide">${say("col.officers")}</th><th>${say("col.now")}</th><th class="wide">${say("col.present")}</th></tr></thead>
          <tbody>${visits.map((visit) => html`<${Row} key=${visit.id} visit=${visit} sheet=${sheets[visit.survey_id]} asking=${!freshAt && isNear(visit)} chosen=${visit.case_id === id} choose=${select.choose} />`)}</tbody>
        </table>`}
        ${adjusting.dialog}
      </section>
      <aside aria-label=${say("cases.sheet")}>${id === null ? html`<${Empty} icon="file" title=${say("today.choose")} />` : html`<${CaseSheet} key=${id} id=${id} close=${select.close} changed=${board.again} />`}</aside>
    </main>`
}

/** Every visit of the day with what its round says about it, in the order of the day. */
export function visitsOf(rounds) {
  return rounds
    .filter((round) => round.status !== "cancelled" && round.status !== "draft")
    .flatMap((round) => round.visits.map((visit) => ({ ...visit, mode: round.mode, officers: [round.lead, round.second].filter(Boolean).map((officer) => officer.name) })))
    .sort((one, other) => one.starts_at.localeCompare(other.starts_at))
}

function Row({ visit, sheet, asking, chosen, choose }) {
  const open = (event) => {
    event.preventDefault()
    choose(visit.case_id)
  }
  return html`<tr data-row=${visit.case_id} aria-selected=${chosen ? "true" : null} onClick=${open}>
    <td class="unit">${clock(visit.starts_at)}</td>
    <td><a class="row-link" href=${addressOf("today", visit.case_id)}><b>${visit.premises}</b></a><span class="narrow-only quiet small">${named(visit, "item_type")}</span></td>
    <td class="wide">${named(visit, "item_type")}</td>
    <td class="wide"><${Mode} mode=${visit.mode} /></td>
    <td class="wide">${visit.officers.join(say("and"))}</td>
    <td><${Now} visit=${visit} sheet=${sheet} asking=${asking} /></td>
    <td class="wide"><${Presence} sheet=${sheet} /></td>
  </tr>`
}
