// 直播: guidance sessions announced, on air and over; the chosen one open beside the list.

import { clock } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayChange, sayHere } from "../account.js"
import { usePages } from "../asking.js"
import { useSelection } from "../cases/selection.js"
import { More } from "../cases/table.js"
import { State } from "../chips.js"
import { dayAndWeekday } from "../dates.js"
import { useKeys } from "../keys.js"
import { addressOf, go, route } from "../route.js"
import { Empty, Icon, Loading, Mishap } from "../states.js"
import { Announcing } from "./announcing.js"
import { Room } from "./room.js"

const A_PAGE = 30

export function Page() {
  const { id, query } = route.value
  const over = query.over === "1"
  const list = usePages(`/guidance?limit=${A_PAGE}${over ? "&over=true" : ""}`)
  const select = useSelection("guidance", list)
  const [announcing, setAnnouncing] = useState(false)
  const announce = () => setAnnouncing(true)
  useKeys({ j: select.next, k: select.back, Enter: select.open, Escape: select.close })
  const announced = (made) => {
    setAnnouncing(false)
    list.again()
    go("guidance", made.id)
  }
  const button = (kind) => mayChange() && html`<button class=${`button ${kind}`} type="button" onClick=${announce}><${Icon} name="video" />${say("guidance.announce")}</button>`
  return html`<main class=${`split whole ${id === null ? "" : "opened"}`}>
    <section aria-label=${say("guidance.list")}>
      <div class="list-head"><h1>${say("guidance.list")}</h1>
        <nav class="filters" aria-label=${say("guidance.which")}>${["", "1"].map((each) => html`<a key=${each} href=${addressOf("guidance", null, { over: each })} aria-current=${(each === "1") === over ? "true" : null}>${say(each ? "guidance.over" : "guidance.to_come")}</a>`)}</nav>
        ${(over || list.items?.length > 0) && html`<span class="push">${button(over ? "" : "primary")}</span>`}</div>
      ${list.error && html`<${Mishap} error=${list.error} again=${list.again} />`}
      ${!list.items && !list.error && html`<${Loading} />`}
      ${list.items?.length === 0 && html`<${Empty} icon="video" title=${over ? say("guidance.none_over") : sayHere("guidance.none", "guidance.none_here")}><span>${say("guidance.none_words")}</span>${!over && button("primary")}<//>`}
      ${list.items?.length > 0 && html`<table class="table">
        <thead><tr><th>${say("col.time")}</th><th>${say("guidance.title")}</th><th class="wide">${say("guidance.about")}</th><th class="wide">${say("guidance.presenter")}</th><th>${say("col.status")}</th></tr></thead>
        <tbody>${list.items.map((item) => html`<${Row} key=${item.id} item=${item} chosen=${item.id === id} choose=${select.choose} />`)}</tbody>
      </table><${More} list=${list} />`}
      ${announcing && html`<${Announcing} close=${() => setAnnouncing(false)} announced=${announced} />`}
    </section>
    <aside aria-label=${say("guidance.sheet")}>${id === null ? html`<${Empty} icon="file" title=${say("guidance.choose")} />` : html`<${Room} key=${id} id=${id} close=${select.close} changed=${list.again} />`}</aside>
  </main>`
}

function Row({ item, chosen, choose }) {
  const open = (event) => {
    event.preventDefault()
    choose(item.id)
  }
  return html`<tr data-row=${item.id} aria-selected=${chosen ? "true" : null} onClick=${open}>
    <td class="unit">${dayAndWeekday(item.starts_at)} ${clock(item.starts_at)}</td>
    <td><a class="row-link" href=${addressOf("guidance", item.id, route.value.query)}><b>${named(item, "title")}</b></a><span class="narrow-only quiet small">${item.presenter}</span></td>
    <td class="wide">${named(item, "item_type")}</td>
    <td class="wide">${item.presenter}</td>
    <td><${State} of="guidance" is=${item.status} /></td>
  </tr>`
}
