// What no longer works in the published plan, said calmly, with the way to mend it. Nothing while all is well.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { Icon } from "../states.js"

/** How many visits cannot be kept: somebody of the crew cannot come, or must not judge that applicant. */
export const brokenVisits = (rounds) => rounds.flatMap((round) => round.visits).filter((visit) => visit.broken).length

/** Whether there is anything to say. */
export const needsAdjusting = (board) => brokenVisits(board.rounds) > 0 || board.urgent > 0

/** @param {{board: {rounds: object[], urgent: number}, adjust: () => void}} props */
export function Needs({ board, adjust }) {
  if (!needsAdjusting(board)) return null
  const broken = brokenVisits(board.rounds)
  const words = [broken > 0 && say("adjust.broken", { n: broken }), board.urgent > 0 && say("adjust.urgent", { n: board.urgent })].filter(Boolean)
  return html`<div class="needs" role="status">
    <${Icon} name="rectify" />
    <span>${words.join(say("adjust.and"))}</span>
    ${mayChange() && html`<button class="button push" type="button" onClick=${adjust}><${Icon} name="swap" />${say("adjust.ask")}</button>`}
  </div>`
}
