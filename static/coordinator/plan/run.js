// A plan being made: how far, how long still, and the way to stop it.

import { post } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { wordsOf } from "../states.js"
import { tell } from "../toast.js"

export function Run({ plan, changed }) {
  const [stopping, setStopping] = useState(false)
  const stop = async () => {
    if (stopping) return
    setStopping(true)
    try {
      await post(`/plans/${plan.id}/cancellation`)
      changed()
    } catch (error) {
      setStopping(false)
      tell(wordsOf(error))
    }
  }
  const words = stopping ? say("run.stopping") : plan.status === "queued" ? say("run.queued") : howFar(plan)
  return html`<div class="run">
    <b>${say("run.title")}</b>
    <progress class="progress" max="1" value=${plan.status === "queued" ? null : plan.progress} aria-label=${say("run.title")}></progress>
    <span class="unit" role="status">${words}</span>
    ${mayChange() && html`<button class="button push" type="button" aria-disabled=${stopping ? "true" : null} onClick=${stop}>${say("run.stop")}</button>`}
  </div>`
}

/** A large plan is made in areas first, then across them. */
function howFar(plan) {
  const n = Math.max(1, Math.round(plan.seconds * (1 - plan.progress)))
  if (plan.parts === 0) return say("run.left", { n })
  if (plan.parts_planned === plan.parts) return say("run.across", { n })
  return say("run.areas", { done: plan.parts_planned, all: plan.parts, n })
}
