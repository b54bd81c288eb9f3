// Officers' views of the finding: who agrees, who dissents and why, whose signature is missing.

import { clock } from "../shared/format.js"
import { say } from "../shared/words.js"
import { html } from "../vendor/view.js"
import { Icon } from "./parts.js"
import { namesOf } from "./recused.js"
import { sheet } from "./sheet.js"

const ICONS = { unsigned: "sign", recused: "fail" }

const officers = () => sheet.value.signatures.filter((each) => each.role !== "applicant")

/** Whether a name may be drawn here: by video each officer signs on their own page. */
export const signsHere = (role) => sheet.value.mode === "on_site" || role === "applicant" || role === sheet.value.own_role

/** What an unsigned officer's chip says: to themselves what to do, to the other whom to wait for. */
function lackOf({ role, name, why }) {
  if (why === "recused") return say("recused.chip", { names: namesOf([{ role, name }], sheet.value.own_role) })
  if (role !== sheet.value.own_role) return say(why === "unsigned" ? "lacks.await" : "lacks.await_again", { name })
  return say(why === "unsigned" ? `lacks.sign_${role}` : why === "changed" ? "lacks.sign_again" : "lacks.sign_other")
}

/** Officers who still have to sign, each with the way there where it is here. */
export function unsignedChips(onSign) {
  return sheet.value.unsigned.map((each) => {
    const said = html`<${Icon} name=${ICONS[each.why] || "rectify"} />${lackOf(each)}`
    if (each.why === "recused") return html`<span key=${each.role} class="chip fail">${said}</span>`
    if (!signsHere(each.role)) return html`<span key=${each.role} class="chip">${said}</span>`
    return html`<a key=${each.role} class=${`chip ${each.why === "unsigned" ? "info" : "rectify"}`} href=${`#survey=${sheet.value.id}`} onClick=${(event) => (event.preventDefault(), onSign(each.role))}>${said}</a>`
  })
}

/** A dissent is never out of sight. */
export function DissentChip() {
  return officers().filter((each) => each.stance === "dissents").map((each) => html`<span key=${each.role} class="chip rectify" title=${each.reason}><${Icon} name="rectify" />${say("views.dissents", { name: each.name })}</span>`)
}

/** Every officer's view as it was signed; nothing while nobody has. */
export function Views() {
  if (!officers().length) return null
  return html`<section><h3>${say("views")}</h3><ul class="views">
    ${officers().map((each) => html`<li key=${each.role} class=${each.stance}>
      <p class="row"><b>${each.name}</b><span class="quiet">${say(`role.${each.role}`)}</span><span class="quiet push">${clock(each.at)}</span></p>
      <p>${say(each.stance === "dissents" ? "views.against" : "views.for", { finding: each.finding ? say(`finding.${each.finding}`) : "" })}</p>
      ${each.reason && html`<p>${each.reason}</p>`}
      ${each.device_of && html`<p class="quiet small">${say("views.device", { name: each.device_of })}</p>`}
      ${each.stale && html`<p class="notice rectify"><${Icon} name="rectify" /><span>${say("views.stale")}</span></p>`}
    </li>`)}
  </ul></section>`
}
