// The differences a repair makes, the hardest first: who is put off, moved, met by somebody else, added, still without a time.

import { named, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { dayAndWeekday, hours } from "../dates.js"
import { addressOf } from "../route.js"
import { Icon } from "../states.js"

/** [kind, icon, colour of its chip] in the order they are read. */
const KINDS = [
  ["lost", "fail", "fail"],
  ["moved", "clock", "rectify"],
  ["other_crew", "swap", "info"],
  ["added", "check", "pass"],
  ["no_place", "list", ""],
]

export function Changes({ changes }) {
  return KINDS.map(([kind, icon, colour]) => {
    const those = changes.filter((change) => change.kind === kind)
    if (those.length === 0) return null
    return html`<section key=${kind} class="changes" aria-labelledby=${`change-${kind}`}>
      <h3 id=${`change-${kind}`}><span class=${`chip ${colour}`}><${Icon} name=${icon} />${say(`change.${kind}`, { n: those.length })}</span></h3>
      <ul>${those.map((change) => html`<${Change} key=${change.survey_id} change=${change} />`)}</ul>
    </section>`
  })
}

function Change({ change }) {
  const { before, after, reasons } = change
  return html`<li>
    <p><a href=${addressOf("cases", change.case_id)} target="_blank" rel="noopener">${change.premises}</a> <span class="quiet small">${named(change, "item_type")}</span></p>
    <dl>
      ${before && html`<dt>${say("change.before")}</dt><dd class=${after ? "quiet" : ""}><${Appointment} at=${before} /></dd>`}
      ${after && html`<dt>${say(before ? "change.after" : "change.new")}</dt><dd><${Appointment} at=${after} beside=${before} /></dd>`}
    </dl>
    ${!after && html`<ul class="quiet small">${reasons.map((reason, at) => html`<li key=${at}>${reason.text}</li>`)}</ul>`}
  </li>`
}

/** When, how and by whom; what differs from what it was `beside` stands out. */
function Appointment({ at, beside = null }) {
  const differs = (test) => beside !== null && test(at) !== test(beside)
  const mark = (test, words) => (differs(test) ? html`<b>${words}</b>` : words)
  return html`<span class="unit">${mark((one) => one.starts_at, `${dayAndWeekday(at.starts_at)} ${hours(at.starts_at, at.ends_at)}`)}</span>${" "}
    <span class="unit">${mark((one) => one.mode, say(`mode.${at.mode}`))}${say("comma")}${mark(crewOf, crewOf(at))}</span>`
}

/** Who comes, the lead first. */
export const crewOf = ({ lead, second }) => [lead.name, second?.name].filter(Boolean).join(say("and"))
