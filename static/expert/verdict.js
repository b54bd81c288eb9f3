// Giving the verdict: what the answers suggest, the finding, until when to put right, and why it differs.

import { NoAnswer, newKey, post } from "../shared/api.js"
import { day, dayOf, shiftDay } from "../shared/format.js"
import { inWords, say } from "../shared/words.js"
import { html, useRef, useState } from "../vendor/view.js"
import { Icon, Side } from "./parts.js"
import { Recused } from "./recused.js"
import { answerOf, points, score, sheet, suggested as suggestion, take } from "./sheet.js"
import { Views } from "./views.js"

const FINDINGS = ["pass", "rectify", "fail"]
const DAYS_TO_RECTIFY = 10

export function VerdictSheet({ onClose, onSign }) {
  const { id } = sheet.value
  const suggested = suggestion.value
  const today = dayOf(new Date())
  const [finding, setFinding] = useState(sheet.value.proposed || "")
  const [reason, setReason] = useState("")
  const [by, setBy] = useState(shiftDay(today, DAYS_TO_RECTIFY))
  const [refused, setRefused] = useState(null)
  const [busy, setBusy] = useState(false)
  const last = useRef({ said: "", key: "" })
  const differs = finding && finding !== suggested
  const failed = points.value.filter((each) => answerOf(each.name)?.mark === "unmet")
  const give = async () => {
    if (!finding || busy) return
    if (differs && !reason.trim()) {
      setRefused({ message: say("verdict.reason_missing") })
      document.getElementById("reason").focus()
      return
    }
    setBusy(true)
    const verdict = { finding, reason: reason.trim(), ...(finding === "rectify" ? { rectify_by: by } : {}) }
    const said = JSON.stringify(verdict)
    if (last.current.said !== said) last.current = { said, key: newKey() } // the same words again carry the same key
    try {
      take(await post(`/surveys/${id}/verdict`, verdict, { key: last.current.key }))
      onClose()
    } catch (error) {
      setRefused(error instanceof NoAnswer ? { message: say("mishap.silent") } : error)
      setBusy(false)
    }
  }
  return html`<${Side} title=${say("verdict.title")} onClose=${onClose}
    footer=${html`<button type="button" class="button" onClick=${onClose}>${say("verdict.not_yet")}</button><button type="button" class="button primary push" aria-disabled=${finding && !busy ? null : "true"} onClick=${give}>${finding ? say(`verdict.give_${finding}`) : say("verdict.give")}</button>`}>
    ${refused && html`<div class="error-summary" role="alert"><b>${refused.message}</b>${refused.code === "signature_missing" && html`<a href="#sign" onClick=${(event) => (event.preventDefault(), onSign((refused.values.roles || ["lead"])[0]))}>${say("verdict.sign_first")}</a>`}</div>`}
    <${Recused} />
    <${Views} />
    <fieldset class="findings">
      <legend>${say("verdict.finding")}</legend>
      <p class="quiet">${say("verdict.score", { score: score.value })}</p>
      ${FINDINGS.map((each) => html`<label key=${each} class=${`finding ${each}`}>
        <input type="radio" name="finding" value=${each} checked=${finding === each} onChange=${() => (setFinding(each), setRefused(null))} />
        <${Icon} name=${each} /><b>${say(`finding.${each}`)}</b><span class="quiet small">${say(`finding.${each}_means`)}</span>
        ${suggested === each && html`<span class="chip info">${say("verdict.suggested")}</span>`}
      </label>`)}
    </fieldset>
    ${finding && finding !== sheet.value.proposed && html`<p class="notice rectify"><${Icon} name="sign" /><span>${say("verdict.other_finding")}</span></p>`}
    ${finding === "rectify" && html`<div class="field"><label for="by">${say("verdict.by")}</label><input class="input" id="by" type="date" required min=${shiftDay(today, 1)} value=${by} onInput=${(event) => setBy(event.target.value)} /><span class="hint">${by ? day(by) : say("verdict.by_missing")}</span></div>`}
    ${finding && finding !== "pass" && html`<div><h3>${say("verdict.to_rectify", { n: failed.length })}</h3>${failed.length ? html`<ol class="to-rectify">${failed.map((each) => html`<li key=${each.name}><b>${inWords(each.label)}</b><span>${answerOf(each.name).note || inWords(each.rectify)}</span></li>`)}</ol>` : html`<p class="quiet">${say("verdict.nothing_to_rectify")}</p>`}</div>`}
    <div class="field"><label for="reason">${say(differs ? "verdict.reason_needed" : "verdict.reason")}</label><textarea class="input" id="reason" rows="3" maxlength="2000" aria-required=${differs ? "true" : null} value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea><span class="hint">${say("verdict.reason_hint")}</span></div>
  <//>`
}
