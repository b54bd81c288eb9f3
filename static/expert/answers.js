// Answering one point: three buttons, a number or a choice, and a note. The same on the desk and on site.

import { inWords, say } from "../shared/words.js"
import { html, useEffect, useRef, useState } from "../vendor/view.js"
import { Icon } from "./parts.js"
import { answer, answerOf, lackOf, limitsOf, refusals, sheet } from "./sheet.js"

const NOTE_MILLISECONDS = 1_200 // after the last letter
const DRAWINGS = { met: "pass", unmet: "fail", not_applicable: "na" }

/** Answer by key: 1 2 3 are the first choices, in the order they are shown; a number is typed. */
export function answerByKey(point, place) {
  if (!point || !sheet.value.may.answer) return
  const value = point.answer.choices[place]?.name
  if (value) answer(point.name, value, answerOf(point.name)?.note || "")
}

/** @param {{point: object, keys?: boolean}} options keys: show the key on each button */
export function Answers({ point, keys = false }) {
  const given = answerOf(point.name)
  const lack = lackOf(point.name)
  const may = sheet.value.may.answer
  const put = (value) => may && answer(point.name, value, given?.note || "")
  const { kind } = point.answer
  const wantsNote = given && (lack?.lacks.includes("note") ?? false)
  return html`<div class="answering">
    ${kind === "number" && html`<${Reading} key=${point.name} point=${point} given=${given} put=${put} />`}
    ${kind === "choice"
      ? html`<div class="choices" role="group" aria-label=${say("answer")}>
          ${point.answer.choices.map((each, i) => html`<button key=${each.name} type="button" class=${`button option ${DRAWINGS[each.mark] || ""}`} aria-pressed=${String(given?.value === each.name)} aria-disabled=${may ? null : "true"} onClick=${() => put(each.name)}>
            ${each.mark && html`<${Icon} name=${DRAWINGS[each.mark]} />`}${inWords(each.label)}${keys && i < 3 && html`<kbd>${i + 1}</kbd>`}
          </button>`)}
        </div>`
      : kind === "pass_fail_na" &&
        html`<div class="answers" role="group" aria-label=${say("answer")}>
          ${point.answer.choices.map(({ name, mark }, i) => html`<button key=${name} type="button" class=${`answer ${DRAWINGS[mark]}`} aria-pressed=${String(given?.value === name)} aria-disabled=${may ? null : "true"} onClick=${() => put(name)}>
            <${Icon} name=${DRAWINGS[mark]} /><span>${say(`mark.${DRAWINGS[mark]}`)}${keys && html` <kbd>${i + 1}</kbd>`}</span>
          </button>`)}
        </div>`}
    ${refusals.value[point.name] && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${refusals.value[point.name]}</span></p>`}
    <${Note} key=${`note ${point.name}`} point=${point} given=${given} wanted=${wantsNote} may=${may} />
  </div>`
}

/** A number as read off: sent when it is left or Enter is pressed. */
function Reading({ point, given, put }) {
  const { min, max } = limitsOf(point.name)
  const unit = inWords(point.answer.unit)
  const [typed, setTyped] = useState(given?.value || "")
  const send = () => typed.trim() && typed.trim() !== given?.value && put(typed.trim())
  useEffect(() => { // answered on another page meanwhile: show it, unless somebody is typing here
    if (given && document.activeElement?.id !== "reading") setTyped(given.value)
  }, [given?.value])
  const range = min !== null && max !== null ? say("reading.between", { min, max, unit }) : min !== null ? say("reading.from", { min, unit }) : max !== null ? say("reading.to", { max, unit }) : ""
  const mark = given?.mark
  return html`<div class="reading">
    <label for="reading">${say("reading")}</label>
    <input class="input" id="reading" inputmode="decimal" autocomplete="off" value=${typed} readonly=${!sheet.value.may.answer} aria-describedby="range"
      onInput=${(event) => setTyped(event.target.value.replace("。", ".").replace("，", "."))} onBlur=${send} onKeyDown=${(event) => event.key === "Enter" && event.target.blur()} />
    <span class="unit">${unit}</span>
    <div class="under">
      <span class="quiet" id="range">${range}</span>
      ${mark && html`<span class=${`chip ${mark === "met" ? "pass" : "fail"}`}><${Icon} name=${mark === "met" ? "pass" : "fail"} />${say(mark === "met" ? "mark.pass" : "mark.fail")}</span>`}
    </div>
  </div>`
}

/** A note goes by itself a moment after the last letter, and at once when it is left. */
function Note({ point, given, wanted, may }) {
  const [typed, setTyped] = useState(given?.note || "")
  const latest = useRef({})
  latest.current = { typed, given }
  const send = () => {
    const { typed, given } = latest.current
    if (may && given && typed.trim() !== (given.note || "")) answer(point.name, given.value, typed.trim())
  }
  useEffect(() => {
    const timer = setTimeout(send, NOTE_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [typed, given?.value])
  useEffect(() => send, []) // left for another point before the moment was over
  return html`<div class="field note">
    <label for="note">${say("note")}${wanted && html` <span class="chip rectify"><${Icon} name="rectify" />${say("note.wanted")}</span>`}</label>
    <textarea class="input" id="note" rows="2" maxlength="2000" placeholder=${say("note.how")} readonly=${!may} value=${typed} onInput=${(event) => setTyped(event.target.value)} onBlur=${send}></textarea>
    ${!given && typed && html`<span class="hint">${say("note.answer_first")}</span>`}
  </div>`
}
