// 脚本: every item type with the script in force for it; the chosen one open beside the list.

import { day } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { useSelection } from "../cases/selection.js"
import { useKeys } from "../keys.js"
import { addressOf, go, route } from "../route.js"
import { Empty, Icon, Loading, Mishap } from "../states.js"
import { ScriptSheet } from "./sheet.js"

export function Page() {
  const { id, query } = route.value
  const { data, error, again } = useAnswer("/scripts")
  const found = data && data.items.filter((item) => matches(item, query.q || ""))
  const select = useSelection("scripts", { items: found, next: null, more: () => {} })
  useKeys({ j: select.next, k: select.back, Enter: select.open, Escape: select.close })
  const seek = (event) => go("scripts", id, { ...query, q: event.target.value }, { quietly: true })
  return html`<main class=${`split whole ${id === null ? "" : "opened"}`}>
    <section aria-label=${say("scripts.list")}>
      <div class="list-head"><h1>${say("scripts.list")}</h1>
        <label class="push"><span class="visually-hidden">${say("scripts.seek")}</span><input class="input" type="search" placeholder=${say("scripts.seek")} value=${query.q || ""} onInput=${seek} /></label></div>
      ${error && html`<${Mishap} error=${error} again=${again} />`}
      ${!data && !error && html`<${Loading} />`}
      ${found?.length === 0 && html`<${Empty} icon="book" title=${say("scripts.none")}><button class="button" type="button" onClick=${() => go("scripts", id, {})}>${say("scripts.all")}</button><//>`}
      ${found?.length > 0 && html`<table class="table">
        <thead><tr><th class="wide">${say("col.code")}</th><th>${say("col.item_type")}</th><th class="wide">${say("scripts.from")}</th><th class="wide">${say("scripts.version")}</th><th>${say("col.state")}</th></tr></thead>
        <tbody>${found.map((item) => html`<${Row} key=${item.id} item=${item} chosen=${item.id === id} choose=${select.choose} />`)}</tbody>
      </table>`}
    </section>
    <aside aria-label=${say("scripts.sheet")}>${id === null ? html`<${Empty} icon="book" title=${say("scripts.choose")} />` : html`<${ScriptSheet} key=${id} id=${id} close=${select.close} changed=${again} />`}</aside>
  </main>`
}

const matches = (item, words) => `${item.code} ${item.name} ${item.name_en}`.toLowerCase().includes(words.trim().toLowerCase())

function Row({ item, chosen, choose }) {
  const open = (event) => {
    event.preventDefault()
    choose(item.id)
  }
  return html`<tr data-row=${item.id} aria-selected=${chosen ? "true" : null} onClick=${open}>
    <td class="wide unit quiet">${item.code}</td>
    <td><a class="row-link" href=${addressOf("scripts", item.id, route.value.query)}><b>${named(item, "name")}</b></a></td>
    <td class="wide">${say(item.publication ? "scripts.own" : item.version ? "scripts.library" : "scripts.nothing")}</td>
    <td class="wide unit">${item.version}</td>
    <td><${Stands} item=${item} /></td>
  </tr>`
}

/** What is to be done about it, the most pressing first. */
export function Stands({ item }) {
  if (item.on_its_way?.status === "proposed") return html`<span class="chip info"><${Icon} name="clock" />${say("scripts.proposed")}</span>`
  if (item.on_its_way) return html`<span class="chip"><${Icon} name="pen" />${say("scripts.draft")}</span>`
  if (item.coming.length) return html`<span class="chip info"><${Icon} name="clock" />${say("scripts.coming", { day: day(item.coming[0].first_day) })}</span>`
  if (item.to_confirm) return html`<span class="chip rectify"><${Icon} name="info" />${say("scripts.to_confirm", { n: item.to_confirm })}</span>`
  return html`<span class="chip pass"><${Icon} name="check" />${say("scripts.settled")}</span>`
}
