// What is wrong with a workbook that was just uploaded: sheet and row as Excel numbers them, and the cure.

import { inWords, say } from "../../shared/words.js"
import { html, useEffect, useRef } from "../../vendor/view.js"

export function Faults({ faults }) {
  const here = useRef(null)
  useEffect(() => here.current?.focus(), [])
  return html`<section class="error-summary" role="alert" aria-labelledby="faults">
    <h2 id="faults" tabindex="-1" ref=${here}>${say("scripts.faults", { n: faults.length })}</h2>
    <p>${say("scripts.faults_words")}</p>
    <ul>${faults.map((fault, i) => html`<li key=${i}><b class="unit">${fault.row}</b> ${inWords(fault.problem)}${say("scripts.cure", { cure: inWords(fault.cure) })}</li>`)}</ul>
  </section>`
}
