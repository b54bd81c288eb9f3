// The same checklist in the officer's hand, on site: one point a page, shutter and answers under the thumb.

import { NoAnswer } from "../shared/api.js"
import { inWords, say } from "../shared/words.js"
import { html, useEffect, useState } from "../vendor/view.js"
import { Answers } from "./answers.js"
import { Done, Lacks, Suggestion, VerdictButton } from "./bar.js"
import { DraftSheet } from "./draft.js"
import { Ending } from "./ending.js"
import { Finder } from "./finder.js"
import { History } from "./history.js"
import { unsent } from "./outbox.js"
import { Icon, Settings, Side, tell } from "./parts.js"
import { basisOf } from "./point.js"
import { Rail } from "./rail.js"
import { Recused } from "./recused.js"
import { answered, point, points, sheet, start, step } from "./sheet.js"
import { Signing } from "./signing.js"
import { VerdictSheet } from "./verdict.js"

export function OnSitePage() {
  const [side, setSide] = useState(null)
  const online = useOnline()
  const now = sheet.value
  const close = () => setSide(null)
  const sides = html`
    ${side?.name === "all" && html`<${All} onClose=${close} open=${setSide} />`}
    ${side?.name === "more" && html`<${More} point=${point.value} onClose=${close} />`}
    ${side?.name === "verdict" && html`<${VerdictSheet} onClose=${close} onSign=${(role) => setSide({ name: "sign", role })} />`}
    ${side?.name === "sign" && html`<${Signing} first=${side.role} onClose=${close} />`}
    ${side?.name === "draft" && html`<${DraftSheet} onClose=${close} />`}
    ${side?.name === "end" && html`<${Ending} onClose=${close} />`}
  `
  const state = html`<${LinkState} online=${online} />`
  if (now.verdict) return html`<div class="onsite alone-on-site">${state}<${Over} onDraft=${() => setSide({ name: "draft" })} />${sides}</div>`
  if (now.status === "scheduled" || !point.value) return html`<div class="onsite alone-on-site">${state}<${Arrive} onEnd=${() => setSide({ name: "end" })} />${sides}</div>`
  const at = points.value.indexOf(point.value)
  const last = at === points.value.length - 1
  const here = point.value
  return html`<div class="onsite">
    ${state}
    <header class="heading">
      <${Recused} />
      <p class="row quiet"><a class="button plain square" href="#" aria-label=${say("survey.back")}><${Icon} name="left" /></a><span class="unit">${say("point.of", { n: at + 1, total: points.value.length })}</span>${here.severity === "key" && html`<span class="chip"><${Icon} name="shield" />${say("point.key")}</span>`}<span class="push premises">${now.case.premises}</span></p>
      <h1>${inWords(here.label)}</h1>
      <p class="standard">${inWords(here.standard)}</p>
      <button type="button" class="button plain more" onClick=${() => setSide({ name: "more" })}><${Icon} name="book" />${say("point.more")}</button>
    </header>
    <${Finder} key=${here.name} point=${here} />
    <section class="thumb-zone">
      <${Answers} point=${here} />
      <div class="pager">
        <button type="button" class="button" aria-label=${say("point.before")} aria-disabled=${at > 0 ? null : "true"} onClick=${() => step(-1)}><${Icon} name="left" /></button>
        ${last ? html`<button type="button" class="button primary" onClick=${() => setSide({ name: "all" })}>${say("point.to_verdict")}<${Icon} name="right" /></button>` : html`<button type="button" class="button primary" onClick=${() => step(1)}>${say("point.after")}<${Icon} name="right" /></button>`}
        <button type="button" class="button" aria-label=${say("points.all")} onClick=${() => setSide({ name: "all" })}><${Icon} name="list" />${say("answered.short", { n: answered.value })}</button>
      </div>
    </section>
    ${sides}
  </div>`
}

/** Quiet while all is well; otherwise what is the matter, and how much waits to be sent. */
function LinkState({ online }) {
  if (online && unsent.value === 0) return null
  return html`<p class="link-state" role="status"><${Icon} name=${online ? "upload" : "offline"} />${say(online ? "link.sending" : "link.offline")}<span class="push unit">${unsent.value > 0 && say("unsent", { n: unsent.value })}</span></p>`
}

function Arrive({ onEnd }) {
  const { case: about, script, may } = sheet.value
  const go = () => may.start && start().catch((error) => tell(error instanceof NoAnswer ? say("mishap.silent") : error.message))
  return html`<main class="arrive">
    <div class="row"><a class="button square" href="#" aria-label=${say("survey.back")}><${Icon} name="left" /></a><span class="push"><${Settings} /></span></div>
    <h1>${about.premises}</h1>
    <p class="row"><${Icon} name="map" />${about.address}</p>
    <p class="row"><${Icon} name="user" />${about.contact || about.applicant}<span class="quiet">${about.phone}</span></p>
    ${script && html`<p class="quiet">${say("arrive.points", { n: points.value.length })}</p>`}
    <${Recused} id="not-start" />
    <button type="button" class="button primary" aria-disabled=${may.start ? null : "true"} aria-describedby=${may.start ? null : "not-start"} onClick=${go}><${Icon} name="play" />${say("start.on_site")}</button>
    <button type="button" class="button" onClick=${onEnd}>${say("end.nobody")}</button>
  </main>`
}

function Over({ onDraft }) {
  return html`<main class="arrive"><${Icon} name="check" /><h1>${sheet.value.case.premises}</h1><${Done} /><button type="button" class="button" onClick=${onDraft}><${Icon} name="file" />${say("draft")}</button><a class="button" href="#">${say("survey.back")}</a></main>`
}

/** All points, what is missing, the signatures and the verdict. */
function All({ onClose, open }) {
  const sign = (role) => open({ name: "sign", role })
  return html`<${Side} title=${say("points.all")} onClose=${onClose}
    footer=${html`<${Lacks} onGo=${onClose} onSign=${sign} /><${Suggestion} /><span class="row whole"><button type="button" class="button" onClick=${() => sign(sheet.value.unsigned[0]?.role || "applicant")}><${Icon} name="sign" />${say("sign.title")}</button><span class="push"></span><${VerdictButton} onVerdict=${() => open({ name: "verdict" })} /></span>`}>
    <div class="row wraps"><${Settings} /><span class="row push"><button type="button" class="button" onClick=${() => open({ name: "draft" })}><${Icon} name="file" />${say("draft")}</button><button type="button" class="button" onClick=${() => open({ name: "end" })}>${say("end.open_on_site")}</button></span></div>
    <${Recused} />
    <${Rail} onGo=${onClose} />
  <//>`
}

function More({ point, onClose }) {
  const parts = [["point.spoken", point.spoken], ["point.standard", point.standard], ["point.tip_good", point.tip_good], ["point.tip_bad", point.tip_bad]].filter(([, text]) => inWords(text))
  return html`<${Side} title=${inWords(point.label)} onClose=${onClose} footer=${html`<button type="button" class="button push" onClick=${onClose}>${say("close")}</button>`}>
    <${History} point=${point} />
    ${point.sketch && html`<img class="sketch" src=${`/static/sketches/${point.sketch}.svg`} alt=${inWords(point.tip_good)} width="240" height="160" />`}
    ${parts.map(([key, text]) => html`<section key=${key}><h3>${say(key)}</h3><p>${inWords(text)}</p></section>`)}
    ${point.basis.length > 0 && html`<section><h3>${say("point.basis")}</h3>${point.basis.map((each) => html`<p key=${basisOf(each)}>${basisOf(each)}</p>`)}</section>`}
  <//>`
}

function useOnline() {
  const [online, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const look = () => setOnline(navigator.onLine)
    addEventListener("online", look)
    addEventListener("offline", look)
    return () => {
      removeEventListener("online", look)
      removeEventListener("offline", look)
    }
  }, [])
  return online
}
