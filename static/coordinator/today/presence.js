// How one visit stands at this moment, and who is there.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { State } from "../chips.js"
import { Icon } from "../states.js"

const LATE_MILLISECONDS = 10 * 60_000

/** The call's own state while there is one; else the survey's. Nothing is claimed while its sheet is still being fetched (`asking`). */
export function Now({ visit, sheet, asking }) {
  if (asking) return html`<span class="quiet">–</span>`
  const session = sheet?.session
  const points = sheet?.asked.length
  const calling = session && visit.status !== "concluded"
  if (isLate(visit) && !sheet?.session?.applicant_present) return html`<span class="chip rectify"><${Icon} name="clock" />${say("today.late")}</span>`
  return html`<span class="appointment">${calling ? html`<${State} of="session" is=${session.status} />` : html`<${State} of="survey" is=${visit.status} />`}
    ${points > 0 && html`<span class="quiet unit">${say("today.answered", { n: Object.keys(sheet.answers).length, of: points })}</span>`}</span>`
}

/** Promised for an earlier time and not begun. */
export function isLate(visit, now = Date.now()) {
  return visit.status === "scheduled" && now - Date.parse(visit.starts_at) > LATE_MILLISECONDS
}

export function Presence({ sheet }) {
  const session = sheet?.session
  if (!session) return html`<span class="quiet">–</span>`
  return html`<span class="appointment"><${One} there=${session.expert_present} who=${say("present.expert")} /><${One} there=${session.applicant_present} who=${say("present.applicant")} /></span>`
}

function One({ there, who }) {
  return html`<span class=${`chip ${there ? "pass" : ""}`}><${Icon} name=${there ? "check" : "na"} />${say(there ? "present.yes" : "present.no", { who })}</span>`
}
