// The rows that need a look: the cell in red or ochre, what is wrong right below it.

import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { Empty } from "../states.js"

/** The server sends no more than this many rows (API.md, Preview). */
const MOST_ROWS = 200
const MOST_COLUMNS = 7
const FEWEST_MAPPED = 2 // so that one knows which row it is
const CELL = /^[A-Z]{1,3}[1-9]\d*$/

export function Rows({ preview, choose }) {
  const shown = columnsOf(preview)
  if (preview.rows.length === 0) return html`<${Nothing} preview=${preview} />`
  return html`<div class="scroll-x"><table class="table rows">
      <thead><tr><th class="number">${say("import.row")}</th>${shown.map((field) => html`<th key=${field.field}>${named(field)}</th>`)}</tr></thead>
      <tbody>${preview.rows.map((row) => html`<${Row} key=${row.row} row=${row} shown=${shown} choose=${mayChange() && preview.status === "previewed" ? choose : null} />`)}</tbody>
    </table></div>
    ${preview.rows.length >= MOST_ROWS && html`<p class="more quiet">${say("import.first_rows", { n: MOST_ROWS })}</p>`}`
}

/** A cell with a finding can be mended right here; the server then checks the whole sheet again. */
function Cell({ row, field, choose }) {
  const value = row.values[field.field] || ""
  const cell = row.findings.find((finding) => finding.field === field.field)?.cell
  if (!choose || !CELL.test(cell || "")) return html`<span class="cell">${value}</span>`
  const mend = (event) => event.target.value !== value && choose({ corrections: { [cell]: event.target.value.trim() } })
  return html`<input class="cell" value=${value} aria-label=${say("import.mend", { row: row.row, field: named(field) })} onChange=${mend} />`
}

/** Why no row is shown: none was read, none is new, or none has a fault. */
function Nothing({ preview }) {
  if (preview.missing.length > 0) return html`<${Empty} icon="filter" title=${say("import.not_read")}><span>${say("import.cannot_columns")}</span><//>`
  if (preview.rows_total === 0) return html`<${Empty} icon="info" title=${say("import.no_rows")}><span>${say("import.no_rows_words")}</span><//>`
  if (preview.rows_new === 0) return html`<${Empty} icon="info" title=${say("import.nothing_new")}><span>${say("import.nothing_new_words", { n: preview.rows_known })}</span><//>`
  return html`<${Empty} icon="pass" title=${say("import.all_good")}>${preview.status === "previewed" && html`<span>${say("import.all_good_words", { n: preview.rows_new })}</span>`}<//>`
}

/** The fields to show, in our order: every one a finding is about, then mapped ones as far as there is room. */
export function columnsOf({ fields, columns, rows }) {
  const blamed = new Set(rows.flatMap((row) => row.findings.map((finding) => finding.field)))
  const mapped = fields.filter((field) => !blamed.has(field.field) && columns.some((column) => column.field === field.field))
  const shown = new Set([...blamed, ...mapped.slice(0, Math.max(FEWEST_MAPPED, MOST_COLUMNS - blamed.size)).map((field) => field.field)])
  return fields.filter((field) => shown.has(field.field))
}

function Row({ row, shown, choose }) {
  const gravest = (field) => {
    const found = row.findings.filter((finding) => finding.field === field)
    if (found.some((finding) => finding.severity === "error")) return "bad-cell"
    return found.length ? "warn-cell" : null
  }
  return html`<tr class="has-error" id=${`row-${row.row}`} tabindex="-1">
      <td class="number">${row.row}</td>
      ${shown.map((field) => html`<td key=${field.field} class=${gravest(field.field)}><${Cell} row=${row} field=${field} choose=${choose} /></td>`)}
    </tr>
    ${row.findings.map((finding, at) => html`<tr key=${`why-${at}`} class=${`explain ${finding.severity === "error" ? "" : "warn"} ${at < row.findings.length - 1 ? "and-more" : ""}`}>
      <td></td><td colspan=${shown.length}>${finding.text}${finding.cell && html` <span class="quiet">${say("import.cell", { cell: finding.cell })}</span>`}</td>
    </tr>`)}`
}
