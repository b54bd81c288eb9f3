// What was imported before: how it ended, and the way to take it back as a whole.

import { remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayChange, sayHere } from "../account.js"
import { State } from "../chips.js"
import { stamp } from "../dates.js"
import { addressOf } from "../route.js"
import { Empty, Icon, Loading, Mishap, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { who } from "../who.js"

export function Earlier({ list }) {
  return html`<section class="earlier" aria-labelledby="earlier">
    <div class="list-head"><h2 id="earlier">${sayHere("import.earlier", "import.earlier_here")}</h2></div>
    ${list.error && html`<${Mishap} error=${list.error} again=${list.again} />`}
    ${!list.data && !list.error && html`<${Loading} />`}
    ${list.data?.items.length === 0 && html`<${Empty} icon="file" title=${sayHere("import.none", "import.none_here")}><span>${sayHere("import.none_cure", "import.none_cure_here")}</span><//>`}
    ${list.data?.items.length > 0 && html`<div class="scroll-x"><table class="table">
      <thead><tr><th>${say("import.file")}</th><th>${say("col.status")}</th><th>${say("import.when")}</th><th class="number">${say("import.rows")}</th><th class="number">${say("import.new")}</th><th class="number">${say("import.known")}</th><th class="number">${say("import.refused")}</th><th><span class="visually-hidden">${say("col.actions")}</span></th></tr></thead>
      <tbody>${list.data.items.map((item) => html`<${Row} key=${item.id} item=${item} changed=${list.again} />`)}</tbody>
    </table></div>`}
  </section>`
}

function Row({ item, changed }) {
  return html`<tr>
    <td><a class="row-link" href=${addressOf("import", item.id)}><b>${item.file_name}</b></a></td>
    <td><${State} of="import" is=${item.status} /></td>
    <td>${stamp(item.created_at)} <span class="quiet">${who(item.by, item.by_name)}</span></td>
    <td class="number">${item.rows_total}</td><td class="number">${item.rows_new}</td><td class="number">${item.rows_known}</td><td class="number">${item.rows_refused}</td>
    <td class="number">${mayChange() && item.status === "stored" && html`<${Undo} item=${item} changed=${changed} />`}</td>
  </tr>`
}

/** Takes one import back: every case it brought, unless somebody has worked on it since (the server decides). */
export function Undo({ item, changed, words = say("import.undo") }) {
  const [busy, setBusy] = useState(false)
  const undo = async () => {
    if (busy) return
    setBusy(true)
    try {
      await remove(`/imports/${item.id}`)
      tell(say("import.undone", { name: item.file_name }))
      changed()
    } catch (error) {
      tell(wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return html`<button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${undo}><${Icon} name="undo" />${words}</button>`
}
