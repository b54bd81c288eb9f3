// 回避: somebody of the crew must not judge this applicant. Said before anybody starts, signs or decides.

import { say } from "../shared/words.js"
import { html } from "../vendor/view.js"
import { Icon } from "./parts.js"
import { sheet } from "./sheet.js"

/** Who is recused, to whom it concerns as "you". @param {{role: string, name: string}[]} recused @param {string | null} own */
export const namesOf = (recused, own) => recused.map(({ role, name }) => (role === own ? say("recused.you") : name)).join(say("and"))

export const isRecused = (role) => sheet.value.recused.some((one) => one.role === role)

/** What cannot be done because of it, and who can help. `id`: of what describes a button by it. */
export function Recused({ id = null }) {
  const { recused, own_role, status, unsigned } = sheet.value
  if (recused.length === 0) return null
  const decides = !unsigned.some((each) => each.why === "recused")
  const stopped = status === "scheduled" ? "recused.start" : decides ? "recused.sign" : "recused.decide"
  return html`<p class="notice fail" id=${id} role="status"><${Icon} name="fail" /><span>${say(stopped, { names: namesOf(recused, own_role) })}</span></p>`
}
