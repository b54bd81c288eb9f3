// The verdict bar: how far, what is missing (each lack a link to its cure), and the verdict when nothing is.

import { language, say } from "../shared/words.js"
import { html } from "../vendor/view.js"
import { unsent } from "./outbox.js"
import { Icon } from "./parts.js"
import { answered, goToLacking, points, remaining, score, sheet, suggested, told } from "./sheet.js"
import { DissentChip, unsignedChips } from "./views.js"

const CHIPS = { pass: ["pass", "pass"], rectify: ["rectify", "rectify"], fail: ["fail", "fail"] }

export function Bar({ onVerdict, onSign, onKeys = null }) {
  const now = sheet.value
  return html`<footer class="verdict-bar">
    <span class="unit">${say("answered", { n: answered.value, total: points.value.length })}</span>
    <progress class="progress" max=${Math.max(1, points.value.length)} value=${answered.value} aria-label=${say("answered.bar")}></progress>
    ${now.verdict ? html`<${Done} />` : html`<${Lacks} onSign=${onSign} /><${Suggestion} />`}
    <span class="row push">
      <${Unsent} />
      ${onKeys && html`<button type="button" class="button plain" onClick=${onKeys}><kbd>?</kbd>${say("keys")}</button>`}
      ${!now.verdict && html`<${VerdictButton} onVerdict=${onVerdict} />`}
    </span>
  </footer>`
}

export function VerdictButton({ onVerdict }) {
  const { may, unsigned, own_role, visit } = sheet.value
  if (own_role === "second") return html`<span class="quiet">${say("verdict.by_lead", { name: visit.lead })}</span>`
  const ready = may.verdict && unsigned.length === 0 && unsent.value === 0
  return html`<button type="button" class="button primary" aria-disabled=${ready ? null : "true"} aria-describedby="lacks" onClick=${() => ready && onVerdict()}>${say("verdict.give")}</button>`
}

export function Unsent() {
  if (unsent.value > 0) return html`<span class="chip rectify" role="status"><${Icon} name="offline" />${say("unsent", { n: unsent.value })}</span>`
  if (!told.value) return html`<span class="chip" role="status"><${Icon} name="offline" />${say("not_told")}</span>`
  return null
}

export function Lacks({ onSign, onGo = () => {} }) {
  const { status, signatures, may } = sheet.value
  if (status === "scheduled") return html`<div class="lacks" id="lacks">${say("start.not_yet")}</div>`
  const count = (kind) => remaining.value.filter((each) => each.lacks.includes(kind)).length
  const photos = remaining.value.reduce((sum, each) => sum + each.photos_missing, 0)
  const go = (kind) => (event) => {
    event.preventDefault()
    goToLacking(kind)
    onGo()
  }
  const here = `#survey=${sheet.value.id}`
  const sign = (role) => (event) => (event.preventDefault(), onSign(role))
  const all = [
    count("answer") > 0 && html`<a class="chip info" href=${here} onClick=${go("answer")}>${say("lacks.answers", { n: count("answer") })}</a>`,
    photos > 0 && html`<a class="chip rectify" href=${here} onClick=${go("photos")}><${Icon} name="rectify" />${say("lacks.photos", { n: photos })}</a>`,
    count("note") > 0 && html`<a class="chip rectify" href=${here} onClick=${go("note")}><${Icon} name="rectify" />${say("lacks.notes", { n: count("note") })}</a>`,
    ...unsignedChips(onSign),
  ].filter(Boolean)
  const applicant = may.sign && !signatures.some((each) => each.role === "applicant")
  return html`<div class="lacks" id="lacks">
    ${all.length ? html`<b>${say("lacks")}</b>${all}` : html`<b>${say("lacks.none")}</b>`}
    <${DissentChip} />
    ${applicant && html`<a class="chip" href=${here} onClick=${sign("applicant")}><${Icon} name="sign" />${say("lacks.sign_applicant")}</a>`}
  </div>`
}

/** The finding that follows from the answers so far, once one does. */
export function Suggestion() {
  const [drawing, kind] = CHIPS[suggested.value] || []
  if (!kind || sheet.value.status === "scheduled") return null
  return html`<span class="suggestion quiet" role="status">${say("suggestion")}<span class=${`chip ${kind}`}><${Icon} name=${drawing} />${say(`finding.${suggested.value}`)}</span>${say("suggestion.score", { score: score.value })}</span>`
}

/** After the verdict: what was found, and the record in both languages. */
export function Done() {
  const { verdict, id } = sheet.value
  const [drawing, kind] = CHIPS[verdict.finding]
  return html`<div class="lacks" id="lacks">
    <b>${say("verdict.given")}</b><span class=${`chip ${kind}`}><${Icon} name=${drawing} />${say(`finding.${verdict.finding}`)}</span><${DissentChip} />
    ${[language(), language() === "zh" ? "en" : "zh"].map((which, i) => html`<a key=${which} class=${`button ${i ? "" : "primary"}`} href=${`/api/v1/surveys/${id}/record.pdf?language=${which}`} target="_blank" rel="noopener"><${Icon} name="file" />${say(`record.${which}`)}</a>`)}
  </div>`
}
