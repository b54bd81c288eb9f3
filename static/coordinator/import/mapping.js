// Which column of the sheet is which field of ours; a change is checked at once.

import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { Icon } from "../states.js"

export function Mapping({ preview, choose }) {
  const missing = preview.fields.filter((field) => preview.missing.includes(field.field))
  return html`<section aria-labelledby="mapping"><h2 id="mapping">${say("mapping.title")}</h2>
    <p class="quiet small">${say("mapping.hint")}</p>
    ${missing.length > 0 && html`<p class="notice fail"><${Icon} name="fail" /><span>${say("mapping.missing", { names: missing.map((field) => named(field)).join(say("and")) })}</span></p>`}
    <ul class="mapping">${preview.columns.map((column) => html`<${Column} key=${column.column} column=${column} preview=${preview} choose=${choose} />`)}</ul>
  </section>`
}

function Column({ column, preview, choose }) {
  const change = (event) => choose({ columns: remapped(preview.columns, column.heading, event.target.value || null) })
  const field = preview.fields.find((one) => one.field === column.field)
  return html`<li>
    <span class="heading"><span class="quiet small">${column.column}</span> ${column.heading || say("mapping.no_heading")}</span>
    <${Icon} name="right" />
    ${mayChange() && preview.status === "previewed"
      ? html`<select class="input" aria-label=${say("mapping.field_of", { heading: column.heading })} value=${column.field || ""} onChange=${change}>
          <option value="" selected=${!column.field}>${say("mapping.none")}</option>
          ${preview.fields.map((one) => html`<option key=${one.field} value=${one.field} selected=${one.field === column.field}>${named(one)}${one.required ? say("mapping.required") : ""}</option>`)}
        </select>`
      : html`<span class=${field ? "" : "quiet"}>${field ? named(field) : say("mapping.none")}</span>`}
  </li>`
}

/**
 * What to tell the server: this heading gets the field, and a heading that had it before loses it.
 * @param {{heading: string, field: string | null}[]} columns
 */
export function remapped(columns, heading, field) {
  const change = { [heading]: field }
  for (const column of columns) if (field && column.field === field && column.heading !== heading) change[column.heading] = null
  return change
}
