// Announcing a guidance session: about what, by whom, when, and whether it is recorded.

import { post } from "../../shared/api.js"
import { dayOf, shiftDay } from "../../shared/format.js"
import { named, say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { Icon, Loading, Mishap, wordsOf } from "../states.js"

const LONGEST_TITLE = 60

/** A Beijing day and time, as two fields of a form give them, as a moment. */
export const momentIn = (day, time) => `${day}T${time}:00+08:00`

/** Today at three, or tomorrow where that is over: nobody announces what should have begun. */
export function nextAfternoon(now = new Date()) {
  const [today, time] = [dayOf(now), "15:00"]
  return { day: Date.parse(momentIn(today, time)) > now ? today : shiftDay(today, 1), time }
}

export function Announcing({ close, announced }) {
  const dialog = useRef(null)
  const experts = useAnswer("/experts")
  const items = useAnswer("/item-types")
  useEffect(() => dialog.current.showModal(), [])
  const failed = experts.error || items.error
  const again = () => (experts.again(), items.again())
  const ready = experts.data && items.data
  return html`<dialog ref=${dialog} class="side" aria-labelledby="announce" onClose=${close}>
    <header><h2 id="announce">${say("guidance.announce")}</h2>
      <button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></header>
    ${ready ? html`<${Form} experts=${experts.data.items} items=${items.data.items} announced=${announced} />` : html`<div class="body">${failed ? html`<${Mishap} error=${failed} again=${again} />` : html`<${Loading} />`}</div>`}
    <footer>
      ${ready && html`<button class="button primary" form="announce-form">${say("guidance.make")}</button>`}
      <button class="button" type="button" onClick=${close}>${say("guidance.not")}</button>
    </footer>
  </dialog>`
}

function Form({ experts, items, announced }) {
  const [told, setTold] = useState({ title: "", title_en: "", item_type: null, presenter: experts[0]?.id, ...nextAfternoon(), recorded: true })
  const [problem, setProblem] = useState("")
  const busy = useRef(false)
  const set = (name, read = (field) => field.value) => (event) => setTold({ ...told, [name]: read(event.target) })
  const announce = async (event) => {
    event.preventDefault()
    if (busy.current) return
    busy.current = true
    setProblem("")
    const { day, time, ...rest } = told
    try {
      announced(await post("/guidance", { ...rest, starts_at: momentIn(day, time) }))
    } catch (error) {
      setProblem(wordsOf(error))
    } finally {
      busy.current = false
    }
  }
  const number = (field) => Number(field.value) || null
  return html`<form class="body" id="announce-form" onSubmit=${announce}>
    <div class="field"><label for="guidance-title">${say("guidance.title")}</label><input class="input" id="guidance-title" required maxlength=${LONGEST_TITLE} value=${told.title} onInput=${set("title")} /></div>
    <div class="field"><label for="guidance-title-en">${say("guidance.title_en")}</label><input class="input" id="guidance-title-en" lang="en" maxlength=${LONGEST_TITLE} value=${told.title_en} onInput=${set("title_en")} /><span class="hint">${say("guidance.title_en_hint")}</span></div>
    <div class="field"><label for="guidance-item">${say("guidance.about")}</label>
      <select class="input" id="guidance-item" value=${told.item_type || ""} onChange=${set("item_type", number)}><option value="">${say("guidance.about_none")}</option>${items.map((item) => html`<option key=${item.id} value=${item.id}>${named(item)}</option>`)}</select></div>
    <div class="field"><label for="guidance-presenter">${say("guidance.presenter")}</label>
      <select class="input" id="guidance-presenter" required value=${told.presenter} onChange=${set("presenter", number)}>${experts.map((expert) => html`<option key=${expert.id} value=${expert.id}>${expert.name}</option>`)}</select></div>
    <div class="pair">
      <div class="field"><label for="guidance-day">${say("guidance.day")}</label><input class="input" id="guidance-day" type="date" required value=${told.day} onInput=${set("day")} /></div>
      <div class="field"><label for="guidance-time">${say("guidance.time")}</label><input class="input" id="guidance-time" type="time" required value=${told.time} onInput=${set("time")} /></div>
    </div>
    <label class="row"><input type="checkbox" checked=${told.recorded} onChange=${set("recorded", (field) => field.checked)} />${say("guidance.record")}</label>
    <p class="quiet">${say("guidance.hint")}</p>
    ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}</span></p>`}
  </form>`
}
