// The record as it would be written now: drafted from the answers, in an officer's own words where they want it.

import { get, NoAnswer, newKey, post } from "../shared/api.js"
import { clock } from "../shared/format.js"
import { language, say } from "../shared/words.js"
import { html, useEffect, useRef, useState } from "../vendor/view.js"
import { Icon, Loading, Mishap, Side } from "./parts.js"
import { sheet } from "./sheet.js"
import { Views } from "./views.js"

export function DraftSheet({ onClose }) {
  const { id, state, status } = sheet.value
  const [draft, setDraft] = useState(null)
  const [error, setError] = useState(null)
  const asked = useRef(0)
  const read = () => {
    const turn = ++asked.current // an older answer that comes late is left out
    get(`/surveys/${id}/draft?language=${language()}`).then((fresh) => turn === asked.current && (setDraft(fresh), setError(null)), setError)
  }
  useEffect(() => void (status !== "scheduled" && read()), [state, status])
  return html`<${Side} title=${say("draft")} onClose=${onClose} footer=${html`<button type="button" class="button push" onClick=${onClose}>${say("sign.done_all")}</button>`}>
    ${status === "scheduled" ? html`<p class="notice"><${Icon} name="info" /><span>${say("draft.not_yet")}</span></p>` : draft ? html`<${Summary} draft=${draft} take=${setDraft} /><${Failed} points=${draft.points} /><${Views} /><${Edits} edits=${draft.edits} />` : error ? html`<${Mishap} error=${error} again=${read} />` : html`<${Loading} what=${say("draft.loading")} />`}
  <//>`
}

/** The text that goes into the record, and who wrote it. */
function Summary({ draft, take }) {
  const { id, may } = sheet.value
  const [typed, setTyped] = useState(null)
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  const last = draft.edits.at(-1)
  const own = last?.text ? last : null
  const send = async (text) => {
    if (busy) return
    setBusy(true)
    try {
      take(await post(`/surveys/${id}/words`, { text, after: last?.id || 0, language: language() }, { key: newKey() }))
      setTyped(null)
      setTrouble("")
    } catch (error) {
      setTrouble(error instanceof NoAnswer ? say("mishap.silent") : error.message)
    }
    setBusy(false)
  }
  return html`<section class="draft">
    <h3>${say("draft.summary")}</h3>
    <p class=${`chip ${own ? "info" : ""}`}><${Icon} name=${own ? "pen" : "list"} />${own ? say("draft.by", { name: own.name, time: clock(own.at) }) : say("draft.by_system")}</p>
    ${typed === null
      ? html`<p class="words">${draft.text}</p>`
      : html`<div class="field"><label for="words">${say("draft.own_words")}</label><textarea class="input" id="words" rows="8" maxlength="4000" value=${typed} onInput=${(event) => setTyped(event.target.value)}></textarea><span class="hint">${say("draft.kept")}</span></div>`}
    ${draft.outdated && html`<p class="notice rectify"><${Icon} name="rectify" /><span>${say("draft.outdated")}</span></p><p class="quiet">${draft.drafted}</p>`}
    ${trouble && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${trouble}</span></p>`}
    ${may.answer && html`<div class="row">
      ${typed === null
        ? html`<button type="button" class="button" onClick=${() => setTyped(draft.text)}><${Icon} name="pen" />${say("draft.change")}</button>${own && html`<button type="button" class="button plain" onClick=${() => send("")}><${Icon} name="undo" />${say("draft.give_back")}</button>`}`
        : html`<button type="button" class="button" onClick=${() => (setTyped(null), setTrouble(""))}>${say("draft.leave")}</button><button type="button" class="button primary push" aria-disabled=${busy ? "true" : null} onClick=${() => send(typed.trim())}>${say("draft.use")}</button>`}
    </div>`}
  </section>`
}

function Failed({ points }) {
  return html`<section><h3>${say("draft.points", { n: points.length })}</h3>
    ${points.length ? html`<ol class="to-rectify">${points.map((each) => html`<li key=${each.point}><b>${say("draft.point", { n: each.number, label: each.label })}</b>${each.found && html`<span>${each.found}</span>`}<span class="quiet">${each.to_do}</span></li>`)}</ol>` : html`<p class="quiet">${say("draft.all_met")}</p>`}
  </section>`
}

/** Every wording, the newest first. */
function Edits({ edits }) {
  if (!edits.length) return null
  return html`<details class="history"><summary>${say("draft.edits", { n: edits.length })}</summary><ol>
    ${[...edits].reverse().map((each) => html`<li key=${each.id}><p class="quiet">${each.name} ${clock(each.at)}</p><p>${each.text || say("draft.gave_back")}</p></li>`)}
  </ol></details>`
}
