// Somebody of a survey's crew must not judge its applicant: what has to be done about it. What is under way is sent back to planning here.

import { NoAnswer, post } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"

/** @param {{survey: {id: number, mode: string, status: string, visit: {lead: string, recused: string[], needs_another_crew: boolean}}, changed: () => void}} props */
export function Recused({ survey, changed }) {
  const names = survey.visit.recused.join(say("and"))
  const [asking, setAsking] = useState(false)
  const button = useRef(null)
  const keep = () => {
    setAsking(false)
    button.current.focus()
  }
  if (survey.status !== "under_way") return html`<p class="notice rectify"><${Icon} name="rectify" /><span>${say("recusals.come", { names })} ${mayChange() && html`<a href="#/plan?new=1">${say("adjust.ask")}</a>`}</span></p>`
  if (!survey.visit.needs_another_crew) return html`<p class="notice"><${Icon} name="info" /><span>${say("recusals.witness", { names, lead: survey.visit.lead })}</span></p>`
  return html`<p class="notice rectify"><${Icon} name="rectify" /><span>${say("recusals.begun", { names })}</span></p>
    ${mayChange() && html`<div><button ref=${button} class="button" type="button" aria-expanded=${String(asking)} onClick=${() => setAsking(!asking)}><${Icon} name="undo" />${say("recusals.send_back")}</button></div>`}
    ${asking && html`<${Confirm} survey=${survey} keep=${keep} changed=${changed} />`}`
}

/** What becomes of the call, of what was done, and of the case, before anything does. */
function Confirm({ survey, keep, changed }) {
  const [busy, setBusy] = useState(false)
  const heading = useRef(null)
  useEffect(() => heading.current.focus(), [])
  const sendBack = async () => {
    if (busy) return
    setBusy(true)
    try {
      await post(`/surveys/${survey.id}/another-crew`)
      tell(say("recusals.sent_back"))
    } catch (failed) {
      tell(wordsOf(failed))
      setBusy(false)
      if (failed instanceof NoAnswer) return // it can be said again
    }
    document.querySelector(".sheet-head h2")?.focus()
    changed()
  }
  const happens = [survey.mode === "video" ? "recusals.back_call" : "recusals.back_on_site", "recusals.back_kept", "recusals.back_waits"]
  return html`<div class="notice" role="group" aria-labelledby="send-back"><div class="field">
    <b id="send-back" ref=${heading} tabindex="-1">${say("recusals.back_title")}</b>
    <ul class="happens">${happens.map((one) => html`<li key=${one}>${say(one)}</li>`)}</ul>
    <div class="wrap"><button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${sendBack}>${say("recusals.back_now")}</button>
      <button class="button" type="button" onClick=${keep}>${say("recusals.back_not")}</button></div>
  </div></div>`
}
