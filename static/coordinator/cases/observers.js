// Who may watch a call besides: each invited by a link of their own, told to the applicant, taken back if wanted.

import { post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useRef, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { Icon, Mishap, wordsOf } from "../states.js"
import { tell } from "../toast.js"

const CAPACITIES = ["citizen", "superior", "other"]
const LONGEST_NAME = 30

export function Observers({ visit }) {
  const { data, error, again } = useAnswer(`/visits/${visit}/observers`)
  const [inviting, setInviting] = useState(false)
  const [link, setLink] = useState("")
  const takeBack = (one) => remove(`/visits/${visit}/observers/${one.id}`).then(() => (setLink(""), again()), (failed) => tell(wordsOf(failed)))
  const made = (url) => {
    setInviting(false)
    setLink(url)
    again()
  }
  return html`<section class="join-link" aria-labelledby=${`observers-${visit}`}><h3 id=${`observers-${visit}`}>${say("observers")}</h3>
    ${error && !data && html`<${Mishap} error=${error} again=${again} />`}
    ${data?.items.length > 0 && html`<ul>${data.items.map((one) => html`<li key=${one.id} class="row"><span>${one.name} <span class="quiet">${say(`capacity.${one.capacity}`)}</span></span> <span class=${`chip push ${one.status === "watching" ? "pass" : ""}`}><${Icon} name=${one.status === "watching" ? "video" : one.agreed ? "check" : "clock"} />${say(one.status === "watching" ? "observers.watching" : one.agreed ? "observers.agreed" : "observers.asked")}</span>${mayChange() && html`<button class="button plain" type="button" onClick=${() => takeBack(one)}>${say("observers.take_back")}<span class="visually-hidden">: ${one.name}</span></button>`}</li>`)}</ul>`}
    ${link && html`<${Link} url=${link} />`}
    ${mayChange() && (inviting ? html`<${Inviting} visit=${visit} made=${made} close=${() => setInviting(false)} />` : html`<div><button class="button" type="button" onClick=${() => (setLink(""), setInviting(true))}><${Icon} name="user" />${say("observers.invite")}</button></div>`)}
  </section>`
}

function Link({ url }) {
  const field = useRef(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url)
    } catch {
      field.current.select() // plain http on the bureau's network has no clipboard of its own
      document.execCommand("copy")
    }
    tell(say("link.copied"))
  }
  return html`<div class="row"><input ref=${field} class="input" readonly value=${url} aria-label=${say("observers.link")} onFocus=${(event) => event.target.select()} /><button class="button" type="button" onClick=${copy}>${say("link.copy")}</button></div>
    <p class="quiet small">${say("observers.once")}</p>`
}

function Inviting({ visit, made, close }) {
  const [told, setTold] = useState({ name: "", capacity: CAPACITIES[0] })
  const [problem, setProblem] = useState("")
  const busy = useRef(false)
  const invite = async (event) => {
    event.preventDefault()
    if (busy.current) return
    busy.current = true
    try {
      made((await post(`/visits/${visit}/observers`, told)).url)
    } catch (error) {
      setProblem(wordsOf(error))
    } finally {
      busy.current = false
    }
  }
  return html`<form class="join-link" onSubmit=${invite}>
    <div class="pair">
      <div class="field"><label for="observer-name">${say("observers.name")}</label><input class="input" id="observer-name" required maxlength=${LONGEST_NAME} value=${told.name} onInput=${(event) => setTold({ ...told, name: event.target.value })} /></div>
      <div class="field"><label for="observer-capacity">${say("observers.capacity")}</label><select class="input" id="observer-capacity" value=${told.capacity} onChange=${(event) => setTold({ ...told, capacity: event.target.value })}>${CAPACITIES.map((one) => html`<option key=${one} value=${one}>${say(`capacity.${one}`)}</option>`)}</select></div>
    </div>
    <p class="quiet small">${say("observers.hint")}</p>
    ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}</span></p>`}
    <div class="wrap"><button class="button primary">${say("observers.make")}</button><button class="button" type="button" onClick=${close}>${say("observers.not")}</button></div>
  </form>`
}
