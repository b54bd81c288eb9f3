// The recordings of one case that are due or on hold, and what may be done with them.

import { post } from "../../shared/api.js"
import { named, say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { account, isAdministrator, mayDispose } from "../account.js"
import { dayAndYear, stampAndYear } from "../dates.js"
import { addressOf } from "../route.js"
import { size } from "../sizes.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { who } from "../who.js"
import { Hold } from "./hold.js"
import { mayBeProposed } from "./propose-all.js"

export function Kept({ item, close, changed }) {
  const proposal = item.disposals.findLast((one) => one.status === "proposed")
  return html`
    <div class="sheet-head">
      <div class="row"><h2 tabindex="-1">${item.number}</h2><button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></div>
      <p class="quiet">${named(item, "item_type")}</p>
      ${!isAdministrator() && html`<p><a href=${addressOf("archive", item.id)}>${say("keeping.to_case")}</a></p>`}
    </div>
    <dl class="facts">
      <dt>${say("col.closed")}</dt><dd>${item.closed_at ? dayAndYear(item.closed_at) : say("keeping.open")}</dd>
      <dt>${say("col.due")}</dt><dd>${item.due_on ? dayAndYear(item.due_on) : "–"}</dd>
      <dt>${say("keeping.calls")}</dt><dd>${item.calls}</dd>
      <dt>${say("keeping.files")}</dt><dd><span class="unit">${item.files}</span> <span class="quiet unit">${size(item.bytes)}</span></dd>
    </dl>
    ${proposal && html`<${Proposal} item=${item} proposal=${proposal} changed=${changed} />`}
    ${mayDispose() && mayBeProposed(item) && item.due_on && html`<${Propose} item=${item} changed=${changed} />`}
    <${Hold} item=${item} changed=${changed} />`
}

function Propose({ item, changed }) {
  const { busy, attempt } = useAttempt(changed)
  const propose = () => attempt("/disposals", { case_ids: [item.id] }, "keeping.proposed")
  return html`<section class="acting"><h3>${say("keeping.end")}</h3>
    <p class="quiet">${say("keeping.two")}</p>
    <p><button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${propose}>${say("keeping.propose")}</button></p></section>`
}

function Proposal({ item, proposal, changed }) {
  const { busy, attempt } = useAttempt(changed)
  const mine = proposal.proposed_by === account.value.sign_in_name
  const answer = (what, done) => attempt(`/disposals/${proposal.id}/${what}`, {}, done)
  return html`<section class="acting"><h3>${say("keeping.end")}</h3>
    <p>${say("keeping.proposed_by", { by: who(proposal.proposed_by, proposal.proposed_by_name), at: stampAndYear(proposal.proposed_at) })}</p>
    <p class="quiet">${say(mine ? "keeping.other_confirms" : "keeping.before_confirming", { n: item.files })}</p>
    ${mayDispose() && html`<p class="wrap">
      ${!mine && html`<button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => answer("confirmation", "keeping.confirmed_done")}>${say("keeping.confirm", { n: item.files })}</button>`}
      <button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => answer("withdrawal", "keeping.withdrawn")}>${say(mine ? "keeping.take_back" : "keeping.refuse")}</button></p>`}
  </section>`
}

/** One write at a time: what happened is said, then the list asked again. */
function useAttempt(changed) {
  const [busy, setBusy] = useState(false)
  const attempt = async (path, body, done) => {
    if (busy) return
    setBusy(true)
    try {
      await post(path, body)
      tell(say(done))
    } catch (refused) {
      tell(wordsOf(refused))
    } finally {
      setBusy(false)
      changed()
    }
  }
  return { busy, attempt }
}
