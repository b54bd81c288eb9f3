// When somebody could come: the best time of each half-day for a survey that waits, and taking one of them.

import { newKey, NoAnswer, post } from "../../shared/api.js"
import { clock, dayOf } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { dayAndWeekday, hours } from "../dates.js"
import { Icon, Loading, wordsOf } from "../states.js"
import { tell } from "../toast.js"

const NOON = "12:00"
const HALVES = ["morning", "afternoon"]

export function Offers({ survey, changed }) {
  const [asked, setAsked] = useState(false)
  const { data, error, busy, again } = useAnswer(asked ? `/surveys/${survey.id}/offers` : null)
  if (!asked) return html`<div><button class="button" type="button" onClick=${() => setAsked(true)}><${Icon} name="calendar" />${say("offers.ask")}</button></div>`
  if (error) return html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${wordsOf(error)} <button class="button" type="button" onClick=${again}>${say("again")}</button></span></p>`
  if (!data) return html`<${Loading} words=${say("offers.looking")} />`
  return html`<section class="offers" aria-labelledby="offers" aria-busy=${busy ? "true" : null}>
    <h3 id="offers">${say("offers.title")}</h3><p class="visually-hidden" role="status">${data.items.length > 0 && say("offers.found", { n: data.items.length })}</p>
    ${data.items.length === 0 ? html`<p class="notice"><${Icon} name="info" /><span>${say("offers.none")} <a href="#/plan">${say("sheet.go_plan")}</a></span></p>` : html`<${Choice} survey=${survey} offers=${data} again=${again} changed=${changed} />`}
  </section>`
}

/** A day a row, half a day a column; what is chosen is asked about once more before it is promised. */
function Choice({ survey, offers, again, changed }) {
  const [chosen, setChosen] = useState(null)
  const [refused, setRefused] = useState("")
  const table = useRef(null), why = useRef(null)
  useEffect(() => why.current?.focus(), [refused])
  const best = offers.items[0]
  const choose = (offer) => {
    setRefused("")
    setChosen({ ...offer, key: newKey() })
  }
  const notNow = () => {
    setChosen(null)
    table.current.querySelector("[aria-pressed=true]")?.focus()
  }
  const taken = (words) => {
    setChosen(null)
    setRefused(words)
    again()
  }
  return html`
    ${refused && html`<p ref=${why} class="notice rectify" role="alert" tabindex="-1"><${Icon} name="info" /><span>${refused}<br />${say("offers.fresh")}</span></p>`}
    <table ref=${table} class="table" aria-labelledby="offers">
      <thead><tr><th scope="col">${say("offers.day")}</th>${HALVES.map((half) => html`<th scope="col" key=${half}>${say(`offers.${half}`)}</th>`)}</tr></thead>
      <tbody>${rowsOf(offers).map(({ day, halves }) => html`<tr key=${day}><th scope="row">${dayAndWeekday(day)}</th>
        ${HALVES.map((half) => html`<td key=${half}>${halves[half] ? html`<${Offer} offer=${halves[half]} best=${halves[half] === best} chosen=${chosen?.starts_at === halves[half].starts_at} choose=${choose} />` : html`<span class="quiet">${say("offers.full")}</span>`}</td>`)}</tr>`)}</tbody>
    </table>
    ${chosen && html`<${Confirm} survey=${survey} chosen=${chosen} notNow=${notNow} taken=${taken} changed=${changed} />`}`
}

function Offer({ offer, best, chosen, choose }) {
  const words = html`<span class="how"><b>${clock(offer.starts_at)}</b> <span class="unit"><${Icon} name=${offer.mode === "video" ? "video" : "car"} />${say(`mode.${offer.mode}`)}</span></span><span class="small">${costOf(offer)}</span>${best && html`<span class="chip pass"><${Icon} name="pass" />${say("offers.best")}</span>`}`
  if (!mayChange()) return html`<div class="offer">${words}</div>`
  return html`<button class="offer button" type="button" aria-pressed=${String(chosen)} aria-label=${spoken(offer, best)} onClick=${() => choose(offer)}>${words}</button>`
}

function Confirm({ survey, chosen, notNow, taken, changed }) {
  const [busy, setBusy] = useState(false)
  const [unheard, setUnheard] = useState("")
  const button = useRef(null)
  useEffect(() => button.current.focus(), [chosen])
  const promise = async () => {
    if (busy) return
    setBusy(true)
    try {
      const { starts_at, mode } = chosen
      await post(`/surveys/${survey.id}/appointment`, { starts_at, mode }, { key: chosen.key })
      tell(say("offers.done", { when: whenOf(chosen) }))
      document.querySelector(".sheet-head h2")?.focus()
      changed()
    } catch (error) {
      setBusy(false)
      if (error instanceof NoAnswer) setUnheard(wordsOf(error))
      else if (error.code === "move_refused") changed()
      else taken(wordsOf(error))
    }
  }
  return html`<div class="notice" role="group" aria-labelledby="offer-chosen"><div class="field">
    <p id="offer-chosen"><b class="unit">${dayAndWeekday(chosen.starts_at)} ${hours(chosen.starts_at, chosen.ends_at)}</b> ${say(`mode.${chosen.mode}`)}<br /><span class="quiet">${costOf(chosen)}</span></p>
    <p class="quiet">${say("offers.told")}</p>
    ${unheard && html`<p class="error" role="alert">${unheard}</p>`}
    <div class="wrap"><button ref=${button} class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${promise}>${say("offers.promise", { when: whenOf(chosen) })}</button>
      <button class="button" type="button" onClick=${notNow}>${say("offers.not")}</button></div>
  </div></div>`
}

/** The offers by day and half-day; a day on which nothing is free stays, empty. @param {{days: string[], items: {starts_at: string}[]}} offers */
export function rowsOf({ days, items }) {
  const half = (offer) => (clock(offer.starts_at) < NOON ? "morning" : "afternoon")
  return days.map((day) => ({ day, halves: Object.fromEntries(items.filter((offer) => dayOf(offer.starts_at) === day).map((offer) => [half(offer), offer])) }))
}

/** What it costs the bureau, as a coordinator says it. @param {{mode: string, on_way: boolean, driving_minutes: number}} offer */
export function costOf({ mode, on_way, driving_minutes: n }) {
  if (mode === "video") return say("offers.video")
  if (on_way) return n > 0 ? say("offers.on_way", { n }) : say("offers.on_way_already")
  return say("offers.own_round", { n })
}

const whenOf = ({ starts_at }) => `${dayAndWeekday(starts_at)} ${clock(starts_at)}`

function spoken(offer, best) {
  const told = [whenOf(offer), say(`mode.${offer.mode}`), costOf(offer), best ? say("offers.best") : ""]
  return told.filter(Boolean).join(say("comma"))
}
