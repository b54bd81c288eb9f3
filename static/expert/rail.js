// All points by group, each with its state: colour, shape and word.

import { inWords, say } from "../shared/words.js"
import { html, useEffect, useRef } from "../vendor/view.js"
import { Icon } from "./parts.js"
import { answerOf, current, isAnswered, lackOf, point, points, sheet } from "./sheet.js"

/** @param {{onGo?: () => void}} options called after a point was chosen */
export function Rail({ onGo = () => {} }) {
  const here = useRef(null)
  useEffect(() => here.current?.scrollIntoView({ block: "nearest" }), [point.value?.name])
  const groups = sheet.value.script?.groups || []
  return html`<nav class="rail" aria-label=${say("points")}>
    ${groups.map((group) => {
      const own = points.value.filter((each) => each.group === group.name)
      if (!own.length) return null
      const done = own.filter((each) => isAnswered(each.name)).length
      return html`<h2 key=${group.name}>${inWords(group.label)}<span class="push unit">${done} / ${own.length}</span></h2>
        <ul key=${`${group.name} points`}>${own.map((each, i) => html`
          ${each.of && !sameThing(each, own[i - 1]) && html`<li key=${`${each.name} of`} class="of"><span>${inWords(each.of.label)} ${each.nth}</span></li>`}
          <li key=${each.name} class=${each.of ? "one-of" : ""}><${Line} each=${each} here=${here} onGo=${onGo} /></li>`)}</ul>`
    })}
  </nav>`
}

function Line({ each, here, onGo }) {
  const mine = each === point.value
  const answer = answerOf(each.name)
  const lack = lackOf(each.name)
  const [kind, drawing] = stateOf(each, answer)
  const missing = answer && lack ? (lack.photos_missing ? say("rail.photos", { n: lack.photos_missing }) : lack.lacks.includes("note") ? say("rail.note") : "") : ""
  const word = answer?.unsent ? say("rail.unsent") : missing || (answer ? spokenAnswer(each, answer, kind) : "")
  const choose = (event) => {
    event.preventDefault()
    current.value = each.name
    onGo()
  }
  return html`<a href=${`#survey=${sheet.value.id}`} class=${kind} ref=${mine ? here : null} aria-current=${mine ? "step" : null} onClick=${choose}>
    ${drawing ? html`<${Icon} name=${drawing} />` : html`<span class="number">${points.value.indexOf(each) + 1}</span>`}
    <span>${inWords(each.own)}</span>
    ${word && html`<em class=${missing || answer?.unsent ? "lack" : kind === "pass" && each.answer.kind !== "number" ? "visually-hidden" : ""}>${word}</em>`}
  </a>`
}

/** Whether two points are asked of the same one of several. */
const sameThing = (one, other) => other?.of === one.of && other?.nth === one.nth

/** A number as read, a choice that only opens other points by its name, else the judgement. */
function spokenAnswer(each, answer, kind) {
  if (each.answer.kind === "number" && kind === "pass") return `${answer.value} ${inWords(each.answer.unit)}`
  if (!answer.mark) return inWords(each.answer.choices.find((choice) => choice.name === answer.value)?.label)
  return say(`mark.${kind}`)
}

/** How a point is drawn: a failed key point ends the matter, another failed point can be put right. */
function stateOf(each, answer) {
  if (!answer || (answer.unsent && !answer.mark)) return ["", ""]
  if (!answer.mark) return ["noted", "check"]
  if (answer.mark === "met") return ["pass", "pass"]
  if (answer.mark === "not_applicable") return ["na", "na"]
  return each.severity === "key" ? ["fail", "fail"] : ["rectify", "rectify"]
}
