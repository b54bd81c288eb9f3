// The figures of a plan, and beside them what can be done with it.

import { post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { Figure } from "../cases/figures.js"
import { State } from "../chips.js"
import { dayRange } from "../dates.js"
import { go } from "../route.js"
import { wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { Publishing } from "./publishing.js"

/** Without a plan: what waits. */
export function PlanFigures({ plan = null, changed }) {
  return html`<div class="figures">${plan ? html`<${OfPlan} plan=${plan} />` : html`<${Waiting} />`}
    ${plan && html`<${Acts} plan=${plan} changed=${changed} />`}
  </div>`
}

function Waiting() {
  const { data } = useAnswer("/overview")
  const number = (value) => (data ? value(data) : "–")
  return html`<dl>
    <${Figure} label=${say("figure.to_plan")} value=${number((all) => all.cases.received || 0)} of="cases" />
    <${Figure} label=${say("figure.appointed")} value=${number((all) => (all.cases.planned || 0) + (all.cases.notified || 0))} of="cases" />
    <${Figure} label=${say("figure.overdue")} value=${number((all) => all.overdue)} of="cases" bad=${data?.overdue > 0} />
    <${Figure} label=${say("figure.due_soon")} value=${number((all) => all.due_soon)} of="cases" />
  </dl>`
}

function OfPlan({ plan }) {
  const { to_plan, planned, unplanned, trips, video, km, minutes_most, minutes_least } = plan.figures
  const known = ["draft", "published", "discarded"].includes(plan.status)
  const value = (number) => (known ? number : "–")
  const stands = (round) => plan.status !== "published" || round.status !== "cancelled"
  const stops = plan.rounds.filter((round) => round.mode === "on_site" && stands(round)).reduce((all, round) => all + round.visits.length, 0)
  return html`<dl>
    <${Figure} label=${say("plan.to_plan")} value=${value(to_plan)} of="cases" />
    <${Figure} label=${say("plan.planned")} value=${value(planned)} of="cases" unit=${known && to_plan ? say("plan.planned_share", { percent: Math.floor((planned * 100) / to_plan) }) : undefined} />
    <${Figure} label=${say("plan.unplanned")} value=${value(unplanned)} of="cases" bad=${known && unplanned > 0} />
    <${Figure} label=${say("plan.trips")} value=${value(trips)} of="trips" unit=${known && trips ? say("plan.stops_each", { n: (stops / trips).toFixed(1) }) : undefined} />
    <${Figure} label=${say("plan.video")} value=${known && planned ? `${Math.round((video * 100) / planned)}%` : "–"} unit=${known ? say("plan.video_share", { n: video }) : ""} />
    <${Figure} label=${say("plan.travel")} value=${value(km)} of="km" />
    <${Figure} label=${say("plan.work")} value=${known ? `${Math.round(minutes_most / 60)} / ${Math.round(minutes_least / 60)}` : "–"} of="hours" />
  </dl>`
}

function Acts({ plan, changed }) {
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const again = async () => {
    try {
      const { id } = await post("/plans", { first_day: plan.first_day, last_day: plan.last_day, seconds: plan.seconds })
      changed()
      go("plan", id)
    } catch (error) {
      tell(wordsOf(error))
    }
  }
  const discard = async () => {
    if (busy) return
    setBusy(true)
    try {
      await remove(`/plans/${plan.id}`)
      changed()
      go("plan", null, { new: "1" })
      tell(say("plan.discarded", { days: dayRange(plan.first_day, plan.last_day) }), { label: say("plan.again"), act: again })
    } catch (error) {
      tell(wordsOf(error))
      setBusy(false)
    }
  }
  const draft = plan.status === "draft"
  return html`<div class="acts">
    <${State} of="plan" is=${plan.status} />
    <b class="unit">${dayRange(plan.first_day, plan.last_day)}</b>
    ${mayChange() && draft && html`<button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${discard}>${say("plan.discard")}</button>
      ${plan.rounds.length > 0 && html`<button class="button primary" type="button" onClick=${() => setAsking(true)}>${say("plan.publish")}</button>`}`}
    ${mayChange() && !draft && !["queued", "running"].includes(plan.status) && html`<button class="button" type="button" onClick=${() => go("plan", null, { new: "1" })}>${say("plan.new")}</button>`}
    ${asking && html`<${Publishing} plan=${plan} close=${() => setAsking(false)} changed=${changed} />`}
  </div>`
}
