// The day in figures.

import { say } from "../../shared/words.js"
import { html, useEffect } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { Figure } from "../cases/figures.js"
import { Icon } from "../states.js"

export function TodayFigures({ visits, sheets, freshAt }) {
  const { data: capacity, again } = useAnswer("/capacity")
  useEffect(() => void (freshAt && again()), [freshAt])
  const count = (test) => (visits ? visits.filter(test).length : "–")
  const calls = Object.values(sheets).filter((sheet) => sheet.session?.status === "live").length
  return html`<div class="figures"><dl>
    <${Figure} label=${say("today.all")} value=${count(() => true)} of="visits" />
    <${Figure} label=${say("mode.video")} value=${count((visit) => visit.mode === "video")} of="calls" />
    <${Figure} label=${say("mode.on_site")} value=${count((visit) => visit.mode === "on_site")} of="stops" />
    <${Figure} label=${say("today.calls_now")} value=${visits ? calls : "–"} of="calls" />
    <${Figure} label=${say(capacity?.workers === 0 ? "today.calls_none" : "today.calls_fit")} value=${capacity?.fit ?? "–"} of="calls" bad=${capacity?.fit === 0} />
    <${Figure} label=${say("today.under_way")} value=${count((visit) => visit.status === "under_way")} of="cases" />
    <${Figure} label=${say("today.done")} value=${count((visit) => visit.status === "concluded")} of="cases" />
  </dl>${capacity?.disk_full && html`<p class="notice rectify" role="alert"><${Icon} name="rectify" /><span>${say("today.disk_full")}</span></p>`}</div>`
}
