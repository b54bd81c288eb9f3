// One guidance session: its link to hand out, how many watch, and the questions, which an assisting coordinator answers too.

import { post } from "../../shared/api.js"
import { clock } from "../../shared/format.js"
import { useGuidance } from "../../shared/guidance/following.js"
import { Questions, Watching } from "../../shared/guidance/questions.js"
import { named, say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { State } from "../chips.js"
import { dayAndWeekday } from "../dates.js"
import { Icon, Loading, Mishap, wordsOf } from "../states.js"
import { tell } from "../toast.js"

/** @param {{id: number, close: () => void, changed: () => void}} props `changed` tells the list beside it */
export function Room({ id, close, changed }) {
  const { guidance, error, again, take } = useGuidance(id)
  const before = useRef(null)
  useEffect(() => {
    if (guidance && before.current && before.current !== guidance.status) changed()
    before.current = guidance?.status
  }, [guidance?.status])
  if (!guidance) return error ? html`<${Mishap} error=${error} again=${again} />` : html`<${Loading} />`
  const { status } = guidance
  const is = (...any) => any.includes(status)
  return html`
    <div class="sheet-head">
      <div class="row"><h2 tabindex="-1">${named(guidance, "title")}</h2><button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></div>
      <p class="quiet">${named(guidance, "item_type")}</p>
      <p class="wrap"><${State} of="guidance" is=${status} /> ${is("live") && html`<${Watching} n=${guidance.watching} />`}</p>
    </div>
    <dl class="facts">
      <dt>${say("guidance.when")}</dt><dd>${dayAndWeekday(guidance.starts_at)} ${clock(guidance.starts_at)}</dd>
      <dt>${say("guidance.presenter")}</dt><dd>${guidance.presenter}</dd>
      <dt>${say("guidance.replay")}</dt><dd>${say(guidance.recorded ? "guidance.recorded" : "guidance.not_recorded")}</dd>
    </dl>
    ${is("closed") ? html`<p class="notice"><${Icon} name="info" /><span>${say("guidance.closed_means")}</span></p>` : html`<${Link} guidance=${guidance} />`}
    ${!is("announced") && html`<section class="questions" aria-labelledby="questions"><h3 id="questions">${say("guidance.questions")}</h3><${Questions} guidance=${guidance} may=${mayChange() && !is("closed")} take=${take} failed=${(error) => tell(wordsOf(error))} /></section>`}
    ${mayChange() && !is("closed") && html`<${Closing} guidance=${guidance} closed=${again} />`}`
}

/** The public's way in, as an address and as a picture to put up. */
function Link({ guidance }) {
  const field = useRef(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(guidance.url)
    } catch {
      field.current.select() // plain http on the bureau's network has no clipboard of its own
      document.execCommand("copy")
    }
    tell(say("link.copied"))
  }
  return html`<section class="join-link"><h3>${say("guidance.link")}</h3>
    <div class="row"><input ref=${field} class="input" readonly value=${guidance.url} aria-label=${say("guidance.link")} onFocus=${(event) => event.target.select()} /><button class="button" type="button" onClick=${copy}>${say("link.copy")}</button></div>
    <a class="code" href=${guidance.code_url} target="_blank" rel="noopener"><img src=${guidance.code_url} alt=${say("guidance.code")} /></a>
    <p class="quiet small">${say("guidance.link_hint")}</p>
  </section>`
}

/** Neither ending nor closing can be taken back: it is said what it does, and pressed twice. */
function Closing({ guidance, closed }) {
  const [sure, setSure] = useState("")
  const live = guidance.status === "live"
  const act = () => post(`/guidance/${guidance.id}/${sure}`).then(() => (setSure(""), closed()), (error) => tell(wordsOf(error)))
  const ask = (what, words) => html`<button class="button plain" type="button" onClick=${() => setSure(what)}>${words}</button>`
  if (!sure) return html`<div class="wrap">${live && ask("end", say("guidance.end"))}${ask("closing", say("guidance.close"))}</div>`
  const means = sure === "end" ? "guidance.end_means" : live ? "guidance.close_live" : "guidance.close_means"
  return html`<section class="notice rectify" role="alert"><${Icon} name="rectify" /><div class="closing"><span>${say(means)}</span>
    <span class="wrap"><button class="button" type="button" onClick=${act}>${say(sure === "end" ? "guidance.end_now" : "guidance.close_now")}</button><button class="button plain" type="button" onClick=${() => setSure("")}>${say("guidance.keep")}</button></span></div></section>`
}
