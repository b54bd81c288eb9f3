// Ordering a plan: which days, and how long the planner may think.

import { shiftDay } from "../../shared/format.js"
import { newKey, post } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useRef, useState } from "../../vendor/view.js"
import { district, sayHere } from "../account.js"
import { useAnswer } from "../asking.js"
import { dayAndWeekday, dayRange, isWeekend, today } from "../dates.js"
import { go } from "../route.js"
import { Icon, wordsOf } from "../states.js"

const DAYS_AHEAD = 21
const THINKING_SECONDS = [10, 30, 120]

export function Order({ ordered }) {
  const choices = Array.from({ length: DAYS_AHEAD }, (_, ahead) => shiftDay(today(), ahead)) // weekends too: some work then
  const workdays = choices.slice(1).filter((day) => !isWeekend(day))
  const [first, setFirst] = useState(workdays[0])
  const [last, setLast] = useState(workdays[4])
  const [seconds, setSeconds] = useState(THINKING_SECONDS[0])
  const [problem, setProblem] = useState("")
  const [busy, setBusy] = useState(false)
  const asked = useRef({ wanted: "", key: "" }) // asking again after silence must not make a second plan
  const { data } = useAnswer("/overview")
  const waiting = data?.cases.received || 0

  const start = async (event) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setProblem("")
    const order = { first_day: first, last_day: last, seconds }
    const wanted = JSON.stringify(order)
    if (asked.current.wanted !== wanted) asked.current = { wanted, key: newKey() }
    try {
      const { id } = await post("/plans", order, { key: asked.current.key })
      ordered()
      go("plan", id)
    } catch (error) {
      setProblem(wordsOf(error))
      setBusy(false)
    }
  }
  const begin = (day) => {
    setFirst(day)
    if (last < day) setLast(day)
  }
  return html`<form class="order" onSubmit=${start}>
    <h2>${say("plan.new")}</h2>
    ${data && (waiting > 0 ? html`<p>${say(district() ? "plan.waiting_here" : "plan.waiting", { n: waiting, district: district() })}</p>` : html`<p class="notice"><${Icon} name="info" /><span>${sayHere("plan.nothing_waits", "plan.nothing_waits_here")} <a href="#/import">${say("cases.import")}</a></span></p>`)}
    <div class="pair">
      <div class="field"><label for="first">${say("plan.first_day")}</label><${Days} id="first" days=${choices} value=${first} change=${begin} /></div>
      <div class="field"><label for="last">${say("plan.last_day")}</label><${Days} id="last" days=${choices.filter((day) => day >= first)} value=${last} change=${setLast} /></div>
    </div>
    <fieldset class="field"><legend>${say("plan.thinking")}</legend>
      <div class="filters">${THINKING_SECONDS.map((each) => html`<label key=${each}><input type="radio" name="seconds" value=${each} checked=${each === seconds} onChange=${() => setSeconds(each)} /><span>${thinking(each)}</span></label>`)}</div>
      <span class="hint">${say("plan.thinking_hint")}</span>
    </fieldset>
    ${busy && html`<div class="loading" role="status"><span>${say("plan.gathering")}</span><progress class="progress" aria-label=${say("plan.gathering")}></progress></div>`}
    ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}</span></p>`}
    <button class="button primary" aria-disabled=${busy ? "true" : null}><${Icon} name="play" />${say("plan.start", { days: dayRange(first, last) })}</button>
  </form>`
}

const thinking = (seconds) => (seconds < 60 ? say("plan.seconds", { n: seconds }) : say("plan.minutes", { n: seconds / 60 }))

function Days({ id, days, value, change }) {
  return html`<select id=${id} class="input" value=${value} onChange=${(event) => change(event.target.value)}>
    ${days.map((day) => html`<option key=${day} value=${day} selected=${day === value}>${dayAndWeekday(day)}</option>`)}
  </select>`
}
