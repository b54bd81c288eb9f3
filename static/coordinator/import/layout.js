// Which sheet of the workbook, and which known layout of columns; only where there is a choice.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"

export function Layout({ preview, choose }) {
  if (!mayChange()) return null
  return html`<div class="layout">
    ${preview.sheets.length > 1 && html`<div class="field"><label for="sheet">${say("layout.sheet")}</label>
      <select id="sheet" class="input" value=${preview.sheet} onChange=${(event) => choose({ sheet: event.target.value })}>
        ${preview.sheets.map((name) => html`<option key=${name} value=${name} selected=${name === preview.sheet}>${name}</option>`)}
      </select></div>`}
    ${preview.presets.length > 0 && html`<div class="field"><label for="preset">${say("layout.preset")}</label>
      <select id="preset" class="input" value=${preview.preset} onChange=${(event) => choose({ preset: event.target.value })}>
        <option value="" selected=${preview.preset === ""}>${say("layout.by_headings")}</option>
        ${preview.presets.map(({ key, name }) => html`<option key=${key} value=${key} selected=${key === preview.preset}>${name}</option>`)}
      </select></div>`}
  </div>`
}
