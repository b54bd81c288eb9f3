// Before a plan is published: exactly what will happen, and the one button that does it.

import { post } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { dayRange } from "../dates.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"

/** @param {{rounds: object[], unplanned: object[]}} plan */
export function consequences({ rounds, unplanned }) {
  const visits = (mode) => rounds.filter((round) => round.mode === mode).reduce((all, round) => all + round.visits.length, 0)
  const officers = new Set(rounds.flatMap((round) => [round.lead.id, round.second?.id]).filter(Boolean))
  return {
    rounds: rounds.length,
    trips: rounds.filter((round) => round.mode === "on_site").length,
    video: visits("video"),
    on_site: visits("on_site"),
    told: visits("video") + visits("on_site"),
    officers: officers.size,
    left: unplanned.length,
  }
}

export function Publishing({ plan, close, changed }) {
  const dialog = useRef(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState("")
  const [offer, setOffer] = useState("all") // "rest": something does not hold; "none": nothing does
  useEffect(() => dialog.current.showModal(), [])
  const sum = consequences(plan)
  const publish = async (rest = false) => {
    if (busy) return
    setBusy(true)
    setProblem("")
    try {
      const done = await post(`/plans/${plan.id}/publication${rest ? "?rest=true" : ""}`)
      close()
      changed()
      const told = { rounds: done.rounds, n: done.surveys, waiting: done.waiting }
      tell(say(done.waiting ? "publish.rest_done" : "publish.done", told))
    } catch (error) {
      setProblem(wordsOf(error))
      if (["plan_outdated", "double_booked"].includes(error.code)) setOffer(rest ? "none" : "rest")
      setBusy(false)
    }
  }
  return html`<dialog ref=${dialog} class="side" aria-labelledby="publish" onClose=${close}>
    <header><h2 id="publish">${say("publish.title", { days: dayRange(plan.first_day, plan.last_day) })}</h2>
      <button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></header>
    <div class="body">
      <h3>${say("publish.what")}</h3>
      <ul class="because">
        ${sum.video > 0 && html`<li><${Icon} name="video" /><span>${say("publish.video", { n: sum.video })}</span></li>`}
        ${sum.on_site > 0 && html`<li><${Icon} name="car" /><span>${say("publish.on_site", { n: sum.on_site, trips: sum.trips })}</span></li>`}
        <li><${Icon} name="user" /><span>${say("publish.officers", { n: sum.officers })}</span></li>
        ${sum.left > 0 && html`<li><${Icon} name="list" /><span>${say("publish.left", { n: sum.left })}</span></li>`}
      </ul>
      <p class="notice rectify"><${Icon} name="rectify" /><span>${say("publish.no_way_back")}</span></p>
      ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}${offer === "rest" && html`<br />${say("publish.rest_how")}`}</span></p>`}
      ${busy && html`<div class="loading" role="status"><span>${say("publish.busy")}</span><progress class="progress" aria-label=${say("publish.busy")}></progress></div>`}
    </div>
    <footer>
      ${offer === "rest" && html`<button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => publish(true)}>${say("publish.rest")}</button>`}
      ${offer === "all" && html`<button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => publish()}>${say("publish.now", { rounds: sum.rounds, n: sum.told })}</button>`}
      <button class="button" type="button" onClick=${close}>${say("publish.later")}</button>
    </footer>
  </dialog>`
}
