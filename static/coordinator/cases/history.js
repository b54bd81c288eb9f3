// Everything that happened to a case, newest first: the audit trail is the timeline.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { stamp } from "../dates.js"
import { who } from "../who.js"

/** What the server notes of itself; anything else somebody wrote, or a name. */
const NOTES = { adjusted: "note.adjusted", "chose on site": "note.chose_on_site", recheck: "note.recheck" }

const SHOWN_AT_ONCE = 8

export function History({ events }) {
  const newest = [...events].reverse()
  return html`<section><h3>${say("sheet.history")}</h3>
    <${Events} events=${newest.slice(0, SHOWN_AT_ONCE)} />
    ${newest.length > SHOWN_AT_ONCE && html`<details><summary>${say("history.older", { n: newest.length - SHOWN_AT_ONCE })}</summary><${Events} events=${newest.slice(SHOWN_AT_ONCE)} /></details>`}
  </section>`
}

const noteOf = ({ note }) => (Object.hasOwn(NOTES, note) ? say(NOTES[note]) : note)

function Events({ events }) {
  return html`<ol class="history">${events.map((event, at) => html`<li key=${at}>
    <span class="quiet unit">${stamp(event.at)}</span>
    <span>${say("history.line", { subject: say(`subject.${event.subject}`), to: say(`status.${event.subject}.${event.to}`) })}${event.note && html`<span class="quiet">${noteOf(event)}</span>`}</span>
    <span class="quiet">${who(event.by, event.by_name)}</span>
  </li>`)}</ol>`
}
