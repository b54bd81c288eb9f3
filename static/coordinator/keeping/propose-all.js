// Everything on the list that is due and neither held nor proposed, proposed at once.

import { post } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayDispose } from "../account.js"
import { wordsOf } from "../states.js"
import { tell } from "../toast.js"

const MOST_AT_ONCE = 200 // as many as the server takes in one request

export function ProposeAll({ list }) {
  const [busy, setBusy] = useState(false)
  const due = list.items?.filter(mayBeProposed) || []
  if (!mayDispose() || due.length < 2) return null
  const propose = async () => {
    if (busy) return
    setBusy(true)
    try {
      const ids = due.map((item) => item.id)
      for (let from = 0; from < ids.length; from += MOST_AT_ONCE) await post("/disposals", { case_ids: ids.slice(from, from + MOST_AT_ONCE) })
      tell(say("keeping.proposed_all", { n: due.length }))
    } catch (refused) {
      tell(wordsOf(refused))
    } finally {
      list.again()
      setBusy(false)
    }
  }
  return html`<button class="button push" type="button" aria-disabled=${busy ? "true" : null} onClick=${propose}>${say("keeping.propose_all", { n: due.length })}</button>`
}

/** Due, not held, and nobody proposed it. */
export function mayBeProposed(item) {
  return item.files > 0 && !item.hold && item.disposals.at(-1)?.status !== "proposed"
}
