// The figures above the list: how many cases wait where, and what is late.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"

export function CaseFigures() {
  const { data } = useAnswer("/overview")
  const number = (value) => (data ? value(data) : "–")
  return html`<div class="figures"><dl>
    <${Figure} label=${say("figure.to_plan")} value=${number((all) => all.cases.received || 0)} of="cases" />
    <${Figure} label=${say("figure.appointed")} value=${number((all) => (all.cases.planned || 0) + (all.cases.notified || 0))} of="cases" />
    <${Figure} label=${say("figure.surveying")} value=${number((all) => all.cases.surveying || 0)} of="cases" />
    <${Figure} label=${say("figure.rectifying")} value=${number((all) => all.cases.rectifying || 0)} of="cases" />
    <${Figure} label=${say("figure.overdue")} value=${number((all) => all.overdue)} of="cases" bad=${data?.overdue > 0} />
    <${Figure} label=${say("figure.due_soon")} value=${number((all) => all.due_soon)} of="cases" />
    <${Figure} label=${say("figure.today")} value=${number((all) => all.today.video + all.today.on_site)} unit=${data ? say("figure.today_done", { n: data.today.done }) : ""} />
    <${Figure} label=${say("figure.notices_failed")} value=${number((all) => all.notices_failed)} of="messages" bad=${data?.notices_failed > 0} />
  </dl></div>`
}

/** Number first, its name below; `of` names what is counted, `unit` says more than that. */
export function Figure({ label, value, of = "", unit = of && say(`unit.${of}`, { n: Number(value) || 0 }), bad = false }) {
  return html`<div class=${bad ? "bad" : ""}><dt>${label}</dt><dd>${value} <small>${unit}</small></dd></div>`
}
