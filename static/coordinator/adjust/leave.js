// Writing down who is away: the whole day, or some days. What was promised stays until it is adjusted.

import { dayOf, shiftDay } from "../../shared/format.js"
import { post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { dayRange } from "../dates.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"

const KINDS = ["sick", "leave", "training", "other"]
const FARTHEST_DAYS = 365

export function Leave({ experts, first, close, changed }) {
  const dialog = useRef(null)
  const [who, setWho] = useState(experts[0]?.id)
  const [kind, setKind] = useState(KINDS[0])
  const [days, setDays] = useState({ first_day: first, last_day: first })
  const [problem, setProblem] = useState("")
  const [busy, setBusy] = useState(false)
  useEffect(() => dialog.current.showModal(), [])
  const known = absencesOf(experts.find((expert) => expert.id === who))
  const takeBack = (id) => remove(`/absences/${id}`).then(changed, (error) => tell(wordsOf(error)))

  const record = async (event) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setProblem("")
    try {
      const { id } = await post(`/experts/${who}/absences`, { kind, ...days })
      const name = experts.find((expert) => expert.id === who).name
      tell(say("leave.done", { name, days: dayRange(days.first_day, days.last_day) }), { label: say("leave.undo"), act: () => takeBack(id) })
      close()
      changed()
    } catch (error) {
      setProblem(wordsOf(error))
      setBusy(false)
    }
  }
  const begin = (day) => setDays({ first_day: day, last_day: days.last_day < day ? day : days.last_day })
  const day = (name, change) => html`<input class="input" id=${`leave-${name}`} type="date" required min=${name === "last_day" ? days.first_day : null} max=${shiftDay(first, FARTHEST_DAYS)} value=${days[name]} onInput=${(event) => event.target.value && change(event.target.value)} />`
  return html`<dialog ref=${dialog} class="side" aria-labelledby="leave" onClose=${close}>
    <header><h2 id="leave">${say("leave.title")}</h2>
      <button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></header>
    <form class="body" id="leave-form" onSubmit=${record}>
      <div class="field"><label for="leave-who">${say("leave.who")}</label>
        <select class="input" id="leave-who" value=${who} onChange=${(event) => setWho(Number(event.target.value))}>${experts.map((expert) => html`<option key=${expert.id} value=${expert.id} selected=${expert.id === who}>${expert.name}</option>`)}</select></div>
      <div class="field"><label for="leave-kind">${say("leave.kind")}</label>
        <select class="input" id="leave-kind" value=${kind} onChange=${(event) => setKind(event.target.value)}>${KINDS.map((one) => html`<option key=${one} value=${one} selected=${one === kind}>${say(`absence.${one}`)}</option>`)}</select></div>
      <div class="pair">
        <div class="field"><label for="leave-first_day">${say("leave.first_day")}</label>${day("first_day", begin)}</div>
        <div class="field"><label for="leave-last_day">${say("leave.last_day")}</label>${day("last_day", (last_day) => setDays({ ...days, last_day }))}</div>
      </div>
      <p class="quiet">${say("leave.hint")}</p>
      ${known.length > 0 && html`<section class="known-leave" aria-labelledby="leave-known"><h3 id="leave-known">${say("leave.known")}</h3>
        <ul>${known.map((absence) => html`<li key=${absence.id} class="row"><span>${say(`absence.${absence.kind}`)} <span class="unit">${absence.days}</span></span><button class="button plain push" type="button" aria-label=${`${say("leave.undo")} ${absence.days}`} onClick=${() => takeBack(absence.id)}>${say("leave.undo")}</button></li>`)}</ul></section>`}
      ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}</span></p>`}
    </form>
    <footer>
      <button class="button primary" form="leave-form" aria-disabled=${busy ? "true" : null}>${say("leave.record")}</button>
      <button class="button" type="button" onClick=${close}>${say("leave.not")}</button>
    </footer>
  </dialog>`
}

/** What is written down of an expert and not over, with its days in words. */
export function absencesOf(expert, now = Date.now()) {
  const over = (absence) => Date.parse(absence.ends_at) <= now
  const last = (absence) => dayOf(Date.parse(absence.ends_at) - 1) // leave ends when the next day begins
  return (expert?.absences || []).filter((absence) => !over(absence)).map((absence) => ({ ...absence, days: dayRange(dayOf(absence.starts_at), last(absence)) }))
}
