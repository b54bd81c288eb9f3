// What a version changes in the one in force: point by point, what it said and what it says.

import { inWords, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"

const KINDS = { added: "pass", removed: "fail", changed: "info", moved: "" }

export function Differences({ differences, before, now }) {
  return html`<section class="acting"><h3>${say("scripts.differences", { n: differences.length })}</h3>
    ${differences.length === 0 && html`<p class="quiet">${say("scripts.no_differences")}</p>`}
    ${differences.map((one) => html`<details class="difference" key=${`${one.sheet} ${one.row}`} open=${differences.length < 6}>
      <summary><span class=${`chip ${KINDS[one.kind]}`}>${say(`scripts.kind.${one.kind}`)}</span> <b>${titleOf(one, now) || titleOf(one, before) || say(`scripts.sheet.${one.sheet}`)}</b> <span class="quiet unit">${one.row}</span></summary>
      ${one.cells.length > 0 && html`<dl class="cells">${one.cells.map((cell) => html`<dt key=${cell.column}>${columnOf(cell.column)}</dt><dd>${cell.before && html`<del>${cell.before}</del>`}${cell.now && html`<ins>${cell.now}</ins>`}</dd>`)}</dl>`}
    </details>`)}
  </section>`
}

/** A column by what it holds; one that has no words of its own by its name, as Excel shows it. */
function columnOf(column) {
  const [name, language] = column.replace(/^bind::/, "").split("::")
  const key = `scripts.column.${name.replace("ks:", "ks_")}`
  const words = say(key)
  return words === key ? column : language ? say("scripts.in_language", { words, language: say(`language.${language}`) }) : words
}

/** Points and groups by what they are called, everything else by its sheet. */
function titleOf({ sheet, row }, script) {
  if (sheet !== "survey") return ""
  const named = [...(script?.points || []), ...(script?.groups || []), ...(script?.repeats || [])]
  return inWords(named.find((one) => one.name === row)?.label)
}
