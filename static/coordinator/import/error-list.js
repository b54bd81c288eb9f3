// What has to be mended, each line a way to its row.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { district } from "../account.js"
import { Icon } from "../states.js"

const LISTED = 8
const OUTSIDE = "district_outside" // nothing to mend here: somebody else's row

export function ErrorList({ preview }) {
  const lines = preview.rows.flatMap((row) => row.findings.filter((finding) => finding.severity === "error" && finding.code !== OUTSIDE).slice(0, 1).map((finding) => ({ row: row.row, finding })))
  const outside = preview.rows_outside > 0 && html`<p class="notice"><${Icon} name="info" /><span>${say("import.outside_words", { n: preview.rows_outside, district: district() })}</span></p>`
  if (lines.length === 0) return outside || null
  const to_mend = preview.rows_refused - preview.rows_outside
  const unlisted = to_mend - Math.min(lines.length, LISTED)
  const jump = (event, row) => {
    event.preventDefault()
    const target = document.getElementById(`row-${row}`)
    target.scrollIntoView({ block: "center" })
    target.focus({ preventScroll: true })
  }
  return html`<section class="error-summary" aria-labelledby="errors">
    <h2 id="errors">${say("import.errors", { n: to_mend })}</h2>
    <ul>${lines.slice(0, LISTED).map(({ row, finding }) => html`<li key=${row}><a href=${`#row-${row}`} onClick=${(event) => jump(event, row)}>${say("import.error_line", { row, text: finding.text })}</a></li>`)}</ul>
    ${unlisted > 0 && html`<p class="quiet">${say("import.errors_more", { n: unlisted })}</p>`}
  </section>
  ${outside}`
}
