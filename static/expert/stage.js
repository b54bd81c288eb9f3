// The applicant's picture, the tools under it, and the officer's own face in the corner.

import { say } from "../shared/words.js"
import { html } from "../vendor/view.js"
import { cutOff, heard, link, officersCall, others, ownStream, theirStream } from "./calling.js"
import { Drawing, DrawingTools } from "./drawing.js"
import { Evidence } from "./evidence.js"
import { freeze, frozen } from "./frozen.js"
import { Lens } from "./lens.js"
import { Film, Icon } from "./parts.js"
import { pointing, PointingLayer, togglePointing } from "./pointing.js"
import { Recused } from "./recused.js"
import { point, sheet } from "./sheet.js"
import { asked, askPhone, cutPicture, withdraw } from "./stills.js"

export function Stage({ onStart }) {
  const { session, case: about, status, may } = sheet.value
  const name = about.contact || about.applicant
  const present = Boolean(session?.applicant_present)
  const open = may.answer && (session?.status === "waiting" || session?.status === "live")
  const can = may.answer && present && !asked.value
  return html`<main class="stage">
    <div class=${`picture ${link.value.other ? "" : "stale"}`}>
      <${Film} stream=${theirStream.value} spoken=${say("stage.picture", { name })} onHeard=${(is) => (heard.value = is)} />
      ${link.value.other && html`<p class="corner tl"><${Icon} name="user" />${name}</p>`}
      ${link.value.recorded && link.value.link === "live" && html`<p class="corner tr recorded"><${Icon} name="record" />${say("stage.recorded")}</p>`}
      ${link.value.diskFull && link.value.link === "live" && html`<p class="corner tr" role="alert"><${Icon} name="rectify" />${say("stage.disk_full")}</p>`}
      <${Word} status=${status} present=${present} name=${name} onStart=${onStart} />
      ${session?.observers.some((one) => one.status === "watching") && html`<p class="corner bl" role="status"><${Icon} name="user" />${say("stage.observers", { names: session.observers.filter((one) => one.status === "watching").map((one) => say("observer", { name: one.name, capacity: say(`capacity.${one.capacity}`) })).join(say("and")) })}</p>`}
      ${!heard.value && html`<button type="button" class="button primary hear" onClick=${() => document.querySelector(".picture .scene").play().then(() => (heard.value = true))}><${Icon} name="sound" />${say("stage.hear")}</button>`}
      ${others.value && html`<div class="beside" ref=${(place) => place && place.firstChild !== others.value?.node && place.replaceChildren(others.value.node)}></div>`}
      ${open && present && !frozen.value && html`<${PointingLayer} />`}
      ${open && frozen.value && html`<${Drawing} key=${frozen.value.id} />`}
      ${ownStream.value?.getVideoTracks().length > 0 && !frozen.value && html`<${Film} stream=${ownStream.value} muted=${true} spoken=${say("stage.own")} kind="self" />`}
    </div>
    ${open && frozen.value && html`<${DrawingTools} />`}
    ${open && !frozen.value && html`<div class="tools" role="toolbar" aria-label=${say("stage.tools")}>
      <button type="button" class="tool still" aria-disabled=${can ? null : "true"} onClick=${() => can && askPhone()}><${Icon} name="camera" />${say("still.take")} <kbd>${say("key.space")}</kbd></button>
      <button type="button" class="tool" aria-disabled=${can ? null : "true"} onClick=${() => can && cutPicture()}><${Icon} name="video" />${say("still.cut")} <kbd>S</kbd></button>
      <button type="button" class="tool" aria-disabled=${can ? null : "true"} onClick=${() => can && freeze()}><${Icon} name="freeze" />${say("frozen.freeze")} <kbd>F</kbd></button>
      <button type="button" class="tool" aria-disabled=${present ? null : "true"} aria-pressed=${String(pointing.value)} onClick=${togglePointing}><${Icon} name="point" />${say("point.toggle")} <kbd>P</kbd></button>
      ${asked.value?.phone && html`<span class="row asked" role="status">${say("still.waiting", { name })}</span><button type="button" class="tool" onClick=${withdraw}>${say("still.withdraw")}</button>`}
      ${officersCall.value && link.value.link === "live" && !ownStream.value && html`<span class="row asked push"><${Icon} name="mic" />${say("stage.no_microphone")}</span>`}
      <${Lens} />
      ${link.value.link === "paused" && html`<button type="button" class="tool push" onClick=${() => officersCall.value.restart()}><${Icon} name="video" />${say("stage.restore")}</button>`}
    </div>`}
    <${Evidence} key=${point.value?.name} point=${point.value} />
  </main>`
}

/** What to know while there is no picture: why, and what to do. */
function Word({ status, present, name, onStart }) {
  const { session, verdict, may } = sheet.value
  if (verdict) return html`<div class="stage-word"><${Icon} name="check" /><h2>${say("stage.done")}</h2><p>${say("stage.done_next")}</p><a class="button" href="#">${say("survey.back")}</a></div>`
  const waiting = session?.photos_waiting > 0 && html`<p>${say("stage.photos_waiting", { n: session.photos_waiting })}</p>`
  if (session?.status === "ended" || session?.status === "missed") return html`<div class="stage-word"><${Icon} name="hangup" /><h2>${say("stage.ended")}</h2>${waiting}<p>${say("stage.ended_next")}</p></div>`
  if (status === "scheduled")
    return html`<div class="stage-word"><${Icon} name=${present ? "user" : "clock"} /><h2>${say(present ? "stage.they_wait" : "stage.not_there", { name })}</h2><p>${say("stage.code")} <b class="code">${session?.check_code}</b></p><${Recused} id="not-start" /><button type="button" class="button primary" aria-disabled=${may.start ? null : "true"} aria-describedby=${may.start ? null : "not-start"} onClick=${() => may.start && onStart()}><${Icon} name="play" />${say("start.video")}</button></div>`
  if (link.value.blocked) return html`<div class="stage-word" role="alert"><${Icon} name="offline" /><h2>${say("stage.blocked")}</h2><p>${say("stage.blocked_how")}</p></div>`
  if (link.value.link === "lost") return html`<div class="stage-word" role="alert"><${Icon} name="offline" /><h2>${say("stage.lost")}</h2><p>${say("stage.lost_how")}</p></div>`
  if (link.value.link === "refused") return html`<div class="stage-word" role="alert"><${Icon} name="rectify" /><h2>${link.value.error?.message}</h2><button type="button" class="button" onClick=${() => officersCall.value.start()}>${say("mishap.again")}</button></div>`
  if (link.value.other) return null
  if (session.applicant_hindered === "later") return html`<div class="stage-word" role="status"><${Icon} name="camera" /><h2>${say("stage.they_later", { name })}</h2>${waiting}<p>${say("stage.they_later_how")}</p></div>`
  if (session.applicant_hindered === "blocked" && present) return html`<div class="stage-word" role="alert"><${Icon} name="offline" /><h2>${say("stage.they_blocked", { name })}</h2><p>${say("stage.they_blocked_how")}</p></div>`
  if (cutOff.value) return html`<div class="stage-word" role="alert"><${Icon} name="offline" /><h2>${say(present ? "stage.picture_gone" : "stage.cut_off", { name })}</h2><p>${say(present ? "stage.picture_gone_how" : "stage.cut_off_how")}</p></div>`
  if (link.value.link === "connecting" || link.value.link === "idle") return html`<div class="stage-word" role="status"><${Icon} name="signal" /><h2>${say("stage.connecting")}</h2></div>`
  return html`<div class="stage-word" role="status"><${Icon} name=${present ? "video" : "clock"} /><h2>${say(present ? "stage.no_picture" : "stage.not_there", { name })}</h2><p>${say("stage.code")} <b class="code">${session?.check_code}</b></p><p>${say(present ? "stage.no_picture_how" : "stage.not_there_how")}</p></div>`
}
