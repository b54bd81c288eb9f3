// What a coordinator can still do with a whole case: order a second look, or let it go.

import { post } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { wordsOf } from "../states.js"
import { tell } from "../toast.js"

const MAY_GO = ["received", "planned", "notified", "rectifying"]

export function Actions({ item, changed }) {
  const [asking, setAsking] = useState(false)
  const [note, setNote] = useState("")
  const [busy, setBusy] = useState(false)
  const attempt = async (path, body, done) => {
    if (busy) return
    setBusy(true)
    try {
      await post(`/cases/${item.id}/${path}`, body)
      tell(say(done))
      setAsking(false)
      changed()
    } catch (error) {
      tell(wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  const recheck = () => attempt("recheck", {}, "case.recheck_done")
  const withdraw = (event) => {
    event.preventDefault()
    if (note.trim()) attempt("withdrawal", { note: note.trim() }, "case.withdrawn")
  }
  if (!MAY_GO.includes(item.status)) return null
  return html`<section>
    <div class="row wrap">
      ${item.status === "rectifying" && html`<button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${recheck}>${say("case.recheck")}</button>`}
      ${!asking && html`<button class="button" type="button" onClick=${() => setAsking(true)}>${say("case.withdraw")}</button>`}
    </div>
    ${asking && html`<form class="field" onSubmit=${withdraw}>
      <label for="withdrawal">${say("case.withdraw_why")}</label>
      <input class="input" id="withdrawal" required maxlength="500" value=${note} onInput=${(event) => setNote(event.target.value)} />
      <div class="row"><button class="button" type="button" onClick=${() => setAsking(false)}>${say("case.keep")}</button><button class="button push" type="submit" aria-disabled=${busy || !note.trim() ? "true" : null}>${say("case.withdraw_now")}</button></div>
    </form>`}
  </section>`
}
