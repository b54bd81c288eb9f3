// Ending: seen everything, or nobody there. Two ways that mean different things to the case, said in words.

import { NoAnswer, post } from "../shared/api.js"
import { say } from "../shared/words.js"
import { html, useState } from "../vendor/view.js"
import { leave } from "./calling.js"
import { Icon, Side } from "./parts.js"
import { fetchAgain, sheet } from "./sheet.js"

export function Ending({ onClose }) {
  const { id, session, mode, case: about } = sheet.value
  const [note, setNote] = useState("")
  const [trouble, setTrouble] = useState("")
  const go = async (path, body, after) => {
    try {
      await post(path, body)
      leave()
      await after()
    } catch (error) {
      setTrouble(error instanceof NoAnswer ? say("mishap.silent") : error.message)
    }
  }
  const end = () => go(`/sessions/${session.id}/end`, {}, async () => (await fetchAgain(), onClose()))
  const postpone = () => go(`/surveys/${id}/unreachable`, { note: note.trim() }, () => (location.hash = ""))
  return html`<${Side} title=${say(mode === "video" ? "end.title" : "end.title_on_site")} onClose=${onClose} footer=${html`<button type="button" class="button" onClick=${onClose}>${say("end.stay")}</button>`}>
    ${trouble && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${trouble}</span></p>`}
    ${session && html`<section class="way"><h3>${say("end.seen")}</h3><p>${say("end.seen_means", { name: about.contact || about.applicant })}</p><button type="button" class="button primary" onClick=${end}><${Icon} name="hangup" />${say("end.hang_up")}</button></section>`}
    <section class="way"><h3>${say("end.nobody")}</h3><p>${say("end.nobody_means")}</p>
      <div class="field"><label for="why">${say("end.why")}</label><textarea class="input" id="why" rows="2" maxlength="500" value=${note} onInput=${(event) => setNote(event.target.value)}></textarea></div>
      <button type="button" class="button" onClick=${postpone}><${Icon} name="calendar" />${say("end.postpone")}</button></section>
  <//>`
}
