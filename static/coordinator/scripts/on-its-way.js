// A version on its way: a draft is proposed by whoever uploaded it, and published by somebody else.

import { post, remove } from "../../shared/api.js"
import { day, dayOf } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { account, mayPublish } from "../account.js"
import { stampAndYear } from "../dates.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"

export function OnItsWay({ publication, open, done }) {
  const [busy, setBusy] = useState(false)
  const attempt = async (act, words) => {
    if (busy) return
    setBusy(true)
    try {
      await act()
      tell(say(words))
    } catch (refused) {
      tell(wordsOf(refused))
    } finally {
      setBusy(false)
      done()
    }
  }
  const path = `/script-publications/${publication.id}`
  const mine = [publication.uploaded_by, publication.proposed_by].includes(account.value.sign_in_name)
  const proposed = publication.status === "proposed"
  return html`<section class="acting"><h3>${say("scripts.on_its_way")}</h3>
    <p><b>${say("scripts.version_is", { version: publication.version })}</b> ${say("scripts.uploaded_by", { by: publication.uploaded_by, at: stampAndYear(publication.uploaded_at), file: publication.file })}</p>
    ${mayPublish() && !proposed && html`<p class="quiet">${say("scripts.two")}</p>`}
    ${proposed && mine && html`<p class="notice"><${Icon} name="clock" /><span>${say("scripts.other_publishes")}</span></p>`}
    ${mayPublish() && proposed && !mine && html`<${Publish} open=${open} busy=${busy} publish=${(first_day) => attempt(() => post(`${path}/publication`, { first_day }), "scripts.published")} />`}
    ${mayPublish() && html`<p class="wrap">
      ${!proposed && html`<button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => attempt(() => post(`${path}/proposal`), "scripts.proposed_done")}>${say("scripts.propose")}</button>`}
      <button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => attempt(() => remove(path), "scripts.withdrawn")}>${say("scripts.withdraw")}</button></p>`}
  </section>`
}

function Publish({ open, busy, publish }) {
  const today = dayOf(new Date())
  const [first, setFirst] = useState(today)
  const ready = !busy && !open && first >= today
  return html`<div class="field">
    <label for="first-day">${say("scripts.first_day")}</label>
    <input class="input" id="first-day" type="date" required min=${today} value=${first} aria-describedby="first-day-means" onInput=${(event) => setFirst(event.target.value)} />
    <span class="hint" id="first-day-means">${first ? say("scripts.first_day_means", { day: day(first) }) : say("scripts.first_day_missing")}</span>
    <p><button class="button primary" type="button" aria-disabled=${ready ? null : "true"} onClick=${() => ready && publish(first)}><${Icon} name="check" />${say("scripts.publish")}</button>
      ${open > 0 && html` <span class="quiet">${say("scripts.confirm_first", { n: open })}</span>`}</p>
  </div>`
}
