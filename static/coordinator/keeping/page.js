// 录像: which recordings are due or on hold, and what was deleted, by whom and by which rule.

import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { isAdministrator } from "../account.js"
import { usePages } from "../asking.js"
import { More } from "../cases/table.js"
import { useSelection } from "../cases/selection.js"
import { State } from "../chips.js"
import { dayAndYear } from "../dates.js"
import { useKeys } from "../keys.js"
import { addressOf, route } from "../route.js"
import { size } from "../sizes.js"
import { Empty, Icon, Loading, Mishap } from "../states.js"
import { who } from "../who.js"
import { Kept } from "./kept.js"
import { ProposeAll } from "./propose-all.js"
import { Trace } from "./trace.js"

const VIEWS = { due: "/recordings-due?limit=50", ended: "/disposals?limit=50" }

export function Page() {
  const { id, query } = route.value
  const view = query.view === "ended" ? "ended" : "due"
  const list = usePages(VIEWS[view])
  const select = useSelection("keeping", list)
  useKeys({ j: select.next, k: select.back, Enter: select.open, Escape: select.close })
  const open = view === "due" ? list.items?.find((item) => item.id === id) : null
  return html`<main class=${`split whole ${id === null ? "" : "opened"}`}>
    <section aria-label=${say("keeping.list")}>
      <div class="list-head"><h1>${say("tab.keeping")}</h1>
        <nav class="filters" aria-label=${say("keeping.views")}>${Object.keys(VIEWS).map((each) => html`<a key=${each} href=${addressOf("keeping", null, { view: each })} aria-current=${each === view ? "true" : null}>${say(`keeping.${each}`)}</a>`)}</nav>
        ${view === "due" && html`<${ProposeAll} list=${list} />`}</div>
      ${list.error && html`<${Mishap} error=${list.error} again=${list.again} />`}
      ${!list.items && !list.error && html`<${Loading} />`}
      ${list.items?.length === 0 && html`<${Nothing} view=${view} months=${list.data.months} />`}
      ${list.items?.length > 0 && (view === "due" ? html`<${Due} list=${list} id=${id} choose=${select.choose} />` : html`<${Ended} list=${list} id=${id} choose=${select.choose} />`)}
    </section>
    <aside aria-label=${say("keeping.sheet")}>${id === null || (view === "due" && !open) ? html`<${Empty} icon="record" title=${say("keeping.choose")} />` : view === "due" ? html`<${Kept} key=${id} item=${open} close=${select.close} changed=${list.again} />` : html`<${Trace} key=${id} id=${id} close=${select.close} />`}</aside>
  </main>`
}

/** Why there is none: nothing is due yet, or nobody has said how long recordings are kept. */
function Nothing({ view, months }) {
  if (view === "ended") return html`<${Empty} icon="record" title=${say("keeping.none_ended")} />`
  if (months) return html`<${Empty} icon="record" title=${say("keeping.none_due")}><span>${say("keeping.none_words", { n: months })}</span><//>`
  return html`<${Empty} icon="record" title=${say("keeping.undecided")}><span>${say("keeping.undecided_words")}</span>${isAdministrator() && html`<a class="button primary" href="#/settings">${say("keeping.decide")}</a>`}<//>`
}

function Due({ list, id, choose }) {
  return html`<table class="table">
    <thead><tr><th>${say("col.number")}</th><th class="wide">${say("col.item_type")}</th><th class="wide">${say("col.closed")}</th><th>${say("col.due")}</th><th class="wide">${say("col.size")}</th><th>${say("col.state")}</th></tr></thead>
    <tbody>${list.items.map((item) => html`<${Row} key=${item.id} item=${item} chosen=${item.id === id} choose=${choose}>
      <td class="wide">${named(item, "item_type")}</td>
      <td class="wide unit">${item.closed_at && dayAndYear(item.closed_at)}</td>
      <td class="unit">${item.due_on && dayAndYear(item.due_on)}</td>
      <td class="wide unit">${size(item.bytes)}</td>
      <td><${StateOf} item=${item} /></td><//>`)}</tbody>
  </table><${More} list=${list} />`
}

function Ended({ list, id, choose }) {
  return html`<table class="table">
    <thead><tr><th>${say("col.number")}</th><th>${say("col.state")}</th><th class="wide">${say("col.proposed")}</th><th class="wide">${say("col.confirmed")}</th><th class="wide">${say("col.rule")}</th></tr></thead>
    <tbody>${list.items.map((item) => html`<${Row} key=${item.id} item=${item} chosen=${item.id === id} choose=${choose}>
      <td><${State} of="disposal" is=${item.status} /></td>
      <td class="wide">${dayAndYear(item.proposed_at)} <span class="quiet">${who(item.proposed_by, item.proposed_by_name)}</span></td>
      <td class="wide">${item.confirmed_at && html`${dayAndYear(item.confirmed_at)} <span class="quiet">${who(item.confirmed_by, item.confirmed_by_name)}</span>`}</td>
      <td class="wide">${say("keeping.rule", { n: item.months })}</td><//>`)}</tbody>
  </table><${More} list=${list} />`
}

function Row({ item, chosen, choose, children }) {
  const open = (event) => {
    event.preventDefault()
    choose(item.id)
  }
  return html`<tr data-row=${item.id} aria-selected=${chosen ? "true" : null} onClick=${open}>
    <td><a class="row-link" href=${addressOf("keeping", item.id, route.value.query)}><b>${item.number}</b></a></td>${children}
  </tr>`
}

function StateOf({ item }) {
  if (item.hold) return html`<span class="chip joint"><${Icon} name="pin" />${say("keeping.held")}</span>`
  const last = item.disposals.at(-1)
  if (last?.status === "proposed") return html`<${State} of="disposal" is="proposed" />`
  return html`<span class="chip"><${Icon} name="clock" />${say("keeping.is_due")}</span>`
}
