// 已确认: who of the bureau says that a law, a limit or a wording is right, and where they looked it up.

import { inWords, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { stampAndYear } from "../dates.js"
import { Icon } from "../states.js"

export function Confirmed({ confirmed }) {
  return html`<section class="acting"><h3>${say("scripts.confirmed_so_far", { n: confirmed.length })}</h3>
    <ul class="to-confirm">${confirmed.map((one) => html`<li key=${`${one.what} ${one.name}`}>
      <p><span class="chip pass"><${Icon} name="check" />${say("scripts.confirmed")}</span> <b>${inWords(one.title)}</b></p>
      <p>${one.note}</p>
      <p class="quiet small">${say("scripts.confirmed_by", { by: one.by_name, at: stampAndYear(one.at) })}</p>
    </li>`)}</ul>
  </section>`
}
