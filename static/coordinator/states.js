// What every list may be besides full: on its way, empty, or gone wrong. Each says what to do next.

import { NoAnswer } from "../shared/api.js"
import { iconAddress } from "../shared/dom.js"
import { say } from "../shared/words.js"
import { html } from "../vendor/view.js"

/** A drawing beside words; with `spoken`, a drawing that stands alone. */
export function Icon({ name, spoken = "" }) {
  const voice = spoken ? { role: "img", "aria-label": spoken } : { "aria-hidden": "true" }
  return html`<svg class="icon" ...${voice}><use href=${iconAddress(name)} /></svg>`
}

/** The words at once, the bar only after a second (base.css). */
export function Loading({ words = say("loading") }) {
  return html`<div class="loading" role="status"><span>${words}</span><progress class="progress" aria-label=${words}></progress></div>`
}

/** Why it is empty, then what to do: `children` are the ways on. */
export function Empty({ icon = "list", title, children }) {
  return html`<div class="empty"><${Icon} name=${icon} /><b>${title}</b>${children}</div>`
}

/** What went wrong in plain words, and the way to try again. */
export function Mishap({ error, again }) {
  return html`<div class="empty" role="alert">
    <${Icon} name=${error instanceof NoAnswer ? "offline" : "fail"} />
    <b>${wordsOf(error)}</b>
    <button class="button" type="button" onClick=${again}><${Icon} name="undo" />${say("again")}</button>
  </div>`
}

/** The server's own words for a refusal; ours for silence and for a fault in the page. */
export function wordsOf(error) {
  if (error instanceof NoAnswer) return say("no_answer")
  return error.name === "Problem" ? error.message : say("page_fault")
}
