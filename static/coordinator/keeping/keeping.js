// At a case: until when its recordings are kept, whether they are on hold, and what became of them.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { State } from "../chips.js"
import { dayAndYear } from "../dates.js"
import { addressOf } from "../route.js"
import { who } from "../who.js"
import { Hold } from "./hold.js"

/** Of one case; keyed by its status, it is asked anew when that changes. @param {{id: number}} of the case */
export function Keeping({ id }) {
  const { data: kept, again } = useAnswer(`/cases/${id}/recordings`)
  if (!kept) return null
  const ended = kept.disposals.filter((one) => one.status !== "withdrawn")
  return html`<section class="acting"><h3>${say("keeping.title")}</h3>
    ${kept.files > 0 && html`<p>${until(kept)}</p>`}
    ${ended.map((one) => html`<p class="wrap" key=${one.id}><${State} of="disposal" is=${one.status} /><span>${[who(one.proposed_by, one.proposed_by_name), who(one.confirmed_by, one.confirmed_by_name)].filter(Boolean).join(say("and"))}</span><a href=${addressOf("keeping", one.status === "proposed" ? id : one.id, { view: one.status === "proposed" ? "due" : "ended" })}>${say("keeping.to_trace")}</a></p>`)}
  </section><${Hold} item=${kept} changed=${again} />`
}

function until(kept) {
  if (!kept.closed_at) return say("keeping.not_yet")
  return kept.due_on ? say("keeping.until", { day: dayAndYear(kept.due_on) }) : say("keeping.undecided")
}
