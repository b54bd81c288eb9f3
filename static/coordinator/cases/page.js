// 待办: every case that still needs something, most urgent first, with the chosen one open beside the list.

import { say } from "../../shared/words.js"
import { html, useRef } from "../../vendor/view.js"
import { usePages } from "../asking.js"
import { KeyHint, useKeys } from "../keys.js"
import { addressOf, go, route } from "../route.js"
import { Empty, Loading, Mishap } from "../states.js"
import { mayChange } from "../account.js"
import { CaseFigures } from "./figures.js"
import { EVERY, Filters, TO_DO } from "./filters.js"
import { CaseSheet } from "./sheet.js"
import { CaseTable } from "./table.js"
import { useSelection } from "./selection.js"

/** What the list asks for: unless told otherwise, what still has to be planned. */
function asked({ status = TO_DO, ...narrowing }) {
  const query = new URLSearchParams(["district", "item_type", "q"].filter((name) => narrowing[name]).map((name) => [name, narrowing[name]]))
  if (status !== EVERY) query.set("status", status)
  return query
}

export function Page() {
  const { id, query } = route.value
  const list = usePages(`/cases?${asked(query)}`)
  const search = useRef(null)
  const select = useSelection("cases", list)
  useKeys({ j: select.next, k: select.back, Enter: select.open, Escape: select.close, "/": () => search.current.focus() })
  const narrowed = ["district", "item_type", "q"].some((name) => query[name])
  return html`
    <${CaseFigures} />
    <main class=${`split ${id === null ? "" : "opened"}`}>
      <section aria-label=${say("cases.list")}>
        <${Filters} query=${query} change=${(change) => go("cases", null, { ...query, ...change })} search=${search} />
        ${list.error && html`<${Mishap} error=${list.error} again=${list.again} />`}
        ${!list.items && !list.error && html`<${Loading} />`}
        ${list.items?.length === 0 && (narrowed ? html`<${NoneFound} />` : html`<${NoneHere} status=${query.status || TO_DO} />`)}
        ${list.items?.length > 0 && html`<${CaseTable} list=${list} chosen=${id} choose=${select.choose} />`}
      </section>
      <aside aria-label=${say("cases.sheet")}>
        ${id === null ? html`<${NothingChosen} />` : html`<${CaseSheet} key=${id} id=${id} close=${select.close} changed=${list.again} />`}
      </aside>
    </main>`
}

function NothingChosen() {
  return html`<${Empty} icon="file" title=${say("cases.choose")}>
    <span class="keys"><${KeyHint} keys=${["J", "K"]} words=${say("key.up_down")} /> <${KeyHint} keys=${[say("key.enter")]} words=${say("key.open")} /> <${KeyHint} keys=${["/"]} words=${say("key.search")} /></span>
  <//>`
}

function NoneFound() {
  return html`<${Empty} icon="filter" title=${say("cases.none_found")}>
    <button class="button" type="button" onClick=${() => go("cases", null, { status: EVERY })}>${say("cases.all_again")}</button>
  <//>`
}

function NoneHere({ status }) {
  if (status !== EVERY && status !== TO_DO) return html`<${Empty} icon="list" title=${say("cases.none_in", { status: say(`status.case.${status}`) })}><a class="button" href=${addressOf("cases", null, { status: EVERY })}>${say("cases.all_again")}</a><//>`
  if (status === TO_DO) return html`<${Empty} icon="pass" title=${say("cases.all_planned")}>
    <span>${say(mayChange() ? "cases.none_cure" : "cases.none_watch")}</span>
    <span class="wrap">${mayChange() && html`<a class="button primary" href="#/import">${say("cases.import")}</a>`}<a class="button" href=${addressOf("cases", null, { status: EVERY })}>${say("cases.all_again")}</a></span>
  <//>`
  return html`<${Empty} icon="upload" title=${say("cases.none")}>
    <span>${say(mayChange() ? "cases.none_cure" : "cases.none_watch")}</span>
    ${mayChange() && html`<a class="button primary" href="#/import">${say("cases.import")}</a>`}
  <//>`
}
