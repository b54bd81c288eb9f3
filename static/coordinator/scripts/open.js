// 待本局确认: laws, limits and wording that somebody of the bureau looks up, and confirms by name.

import { post } from "../../shared/api.js"
import { inWords, say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayPublish } from "../account.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"

export function Open({ id, open, done }) {
  return html`<section class="acting"><h3>${say("scripts.open", { n: open.length })}</h3>
    <p class="quiet">${say("scripts.open_words")}</p>
    <ul class="to-confirm">${open.map((one) => html`<li key=${`${one.what} ${one.name} ${one.sha256}`}><${One} id=${id} one=${one} done=${done} /></li>`)}</ul>
  </section>`
}

function One({ id, one, done }) {
  const [asking, setAsking] = useState(false)
  const [note, setNote] = useState("")
  const [busy, setBusy] = useState(false)
  const confirm = async (event) => {
    event.preventDefault()
    if (!note.trim() || busy) return
    setBusy(true)
    try {
      await post(`/scripts/${id}/confirmations`, { sha256: one.sha256, note: note.trim() })
      tell(say("scripts.confirmed"))
      done()
    } catch (refused) {
      tell(wordsOf(refused))
      setBusy(false)
      if (refused.code === "changed_meanwhile") done() // what is open now is shown instead
    }
  }
  const field = `note-${one.what}-${one.name}`
  return html`<p><span class="chip rectify"><${Icon} name="info" />${say(`scripts.what.${one.what}`)}</span> <b>${inWords(one.title)}</b></p>
    <p>${inWords(one.says)}</p>
    ${mayPublish() && !asking && html`<p><button class="button" type="button" onClick=${() => setAsking(true)}>${say("scripts.confirm")}</button></p>`}
    ${asking && html`<form class="field" onSubmit=${confirm}>
      <label for=${field}>${say("scripts.looked_up")}</label>
      <input class="input" id=${field} required maxlength="500" placeholder=${say("scripts.looked_up_how")} value=${note} onInput=${(event) => setNote(event.target.value)} />
      <div class="row"><button class="button" type="button" onClick=${() => setAsking(false)}>${say("scripts.not_now")}</button><button class="button primary push" type="submit" aria-disabled=${busy || !note.trim() ? "true" : null}>${say("scripts.confirm_now")}</button></div>
    </form>`}`
}
