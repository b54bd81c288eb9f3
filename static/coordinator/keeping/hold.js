// 封存: as long as a hold stands, none of a case's recordings is deleted.

import { post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { stampAndYear } from "../dates.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { who } from "../who.js"

/** @param {{item: {id: number, files: number, hold: object | null}, changed: () => void}} of what is kept of one case */
export function Hold({ item, changed }) {
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState("")
  const [busy, setBusy] = useState(false)
  const attempt = async (act, done) => {
    if (busy) return
    setBusy(true)
    try {
      await act()
      tell(say(done))
      setAsking(false)
      changed()
    } catch (refused) {
      tell(wordsOf(refused))
    } finally {
      setBusy(false)
    }
  }
  const path = `/cases/${item.id}/recording-hold`
  const hold = (event) => {
    event.preventDefault()
    if (reason.trim()) attempt(() => post(path, { reason: reason.trim() }), "hold.done")
  }
  if (item.hold) {
    return html`<section class="acting"><h3>${say("hold.title")}</h3>
      <p class="notice"><${Icon} name="pin" /><span>${say("hold.by", { by: who(item.hold.by, item.hold.by_name), at: stampAndYear(item.hold.at), reason: item.hold.reason })}</span></p>
      ${mayChange() && html`<p><button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => attempt(() => remove(path), "hold.lifted")}>${say("hold.lift")}</button></p>`}</section>`
  }
  if (!mayChange() || item.files === 0) return null
  return html`<section class="acting"><h3>${say("hold.title")}</h3>
    ${!asking && html`<p class="quiet">${say("hold.words")}</p><p><button class="button" type="button" onClick=${() => setAsking(true)}><${Icon} name="pin" />${say("hold.put")}</button></p>`}
    ${asking && html`<form class="field" onSubmit=${hold}>
      <label for="hold">${say("hold.why")}</label>
      <input class="input" id="hold" required maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)} />
      <div class="row"><button class="button" type="button" onClick=${() => setAsking(false)}>${say("hold.not")}</button><button class="button push" type="submit" aria-disabled=${busy || !reason.trim() ? "true" : null}>${say("hold.now")}</button></div>
    </form>`}</section>`
}
