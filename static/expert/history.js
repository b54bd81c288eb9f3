// Who answered a point, when, and what was answered before.

import { get } from "../shared/api.js"
import { clock } from "../shared/format.js"
import { inWords, say } from "../shared/words.js"
import { html, useEffect, useState } from "../vendor/view.js"
import { answerOf, sheet } from "./sheet.js"

const DRAWINGS = { met: "pass", unmet: "fail", not_applicable: "na" }

export function History({ point }) {
  const given = answerOf(point.name)
  const [open, setOpen] = useState(false)
  const [answers, setAnswers] = useState(null)
  const { id } = sheet.value
  useEffect(() => {
    if (!open) return undefined
    let wanted = true
    get(`/surveys/${id}/answers?point=${encodeURIComponent(point.name)}`).then((told) => wanted && setAnswers(told.answers), () => wanted && setAnswers(null))
    return () => (wanted = false)
  }, [open, given?.at, point.name])
  if (!given?.at || given.unsent) return null
  const said = say("history.answered", { name: given.name, time: clock(given.at) })
  if (!given.changes) return html`<p class="quiet small">${said}</p>`
  return html`<details class="history" onToggle=${(event) => setOpen(event.target.open)}>
    <summary>${said} · ${say("history.changed", { n: given.changes })}</summary>
    ${answers && html`<ol>${answers.map((each, i) => html`<li key=${i}><span class="quiet">${clock(each.at)} ${each.name}</span> <b>${spoken(point, each.value)}</b>${each.note && html` ${each.note}`}</li>`)}</ol>`}
  </details>`
}

function spoken({ answer }, value) {
  const choice = answer.choices.find((each) => each.name === value)
  if (answer.kind === "pass_fail_na" && choice) return say(`mark.${DRAWINGS[choice.mark]}`)
  return choice ? inWords(choice.label) : `${value} ${inWords(answer.unit)}`.trim()
}
