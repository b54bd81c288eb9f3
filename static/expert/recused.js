// 回避: somebody of the crew must not judge this applicant. Said before anybody starts, signs or decides.

import { say } from "../shared/words.js"
import { html } from "../vendor/view.js"
import { Icon } from "./parts.js"
import { sheet } from "./sheet.js"

/** Who is recused, to whom it concerns as "you". @param {{role: string, name: string}[]} recused @param {string | null} own */
export const namesOf = (recused, own) => recused.map(({ role, name }) => (role === own ? say("recused.you") : name)).join(say("and"))

export const isRecused = (role) => sheet.value.recused.some((one) => one.role === role)

/** What cannot be done because of it, and who can help; "" where nobody is recused. */
export function stopped({ recused, own_role, status, unsigned }) {
  if (recused.length === 0) return ""
  const needed = unsigned.some((each) => each.why === "recused") // a witness is not: the lead decides without them
  const what = status === "scheduled" ? "start" : needed ? "decide" : "sign"
  return say(`recused.${what}`, { names: namesOf(recused, own_role) })
}

/** The same, for everybody to see. `id`: for a button that is described by it. */
export function Recused({ id = null }) {
  const words = stopped(sheet.value)
  return words && html`<p class="notice fail" id=${id} role="status"><${Icon} name="fail" /><span>${words}</span></p>`
}
