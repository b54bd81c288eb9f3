// A guidance session at the presenter's desk: the picture viewers see, and their questions beside it.

import { NoAnswer, post } from "../shared/api.js"
import { useGuidance } from "../shared/guidance/following.js"
import { Questions, Watching } from "../shared/guidance/questions.js"
import { when } from "../shared/format.js"
import { named, say } from "../shared/words.js"
import { html, useEffect, useRef, useState } from "../vendor/view.js"
import { Film, Icon, Loading, Mishap, Settings, Side, tell, Toast } from "./parts.js"
import { canShare, devices, join, joinAgain, leave, muted, mute, onAir, open, renew, restore, share, sharing, shownStream, stopSharing } from "./presenter.js"

/** By state of the session: icon and kind of chip. */
const STATES = { announced: ["clock", ""], live: ["video", "pass"], ended: ["check", ""], closed: ["na", ""] }

const report = (error) => tell(error instanceof NoAnswer ? say("mishap.silent") : error.message)

export function Presenting({ id, me }) {
  const { guidance, error, again, take } = useGuidance(id, { onRenewed: renew })
  const [ending, setEnding] = useState(false)
  const newest = useRef(null)
  newest.current = guidance
  const status = guidance?.status
  useEffect(() => {
    if (status === "announced") open()
    if (status === "live") join(id, { relays: () => newest.current.relays, onRefused: again })
    if (status === "ended" || status === "closed") leave()
  }, [status])
  useEffect(() => leave, [])
  useEffect(() => {
    if (guidance) document.title = say("present.title", { title: named(guidance, "title") })
  }, [guidance?.title])
  if (!guidance) return html`<main class="alone">${error ? html`<${Mishap} error=${error} again=${again} /><p class="back"><a href="#">${say("survey.back")}</a></p>` : html`<${Loading} what=${say("present.loading")} />`}</main>`

  const begin = () => post(`/guidance/${id}/start`).then(take, report)
  const end = () =>
    post(`/guidance/${id}/end`)
      .then(() => (setEnding(false), again()))
      .catch(report)
  const [drawing, kind] = STATES[status]
  return html`<div class="desk presenting">
    <header class="topbar">
      <a class="brand" href="#">${say("brand")}</a>
      <h1>${named(guidance, "title")}</h1>
      <span class=${`chip ${kind}`}><${Icon} name=${drawing} />${say(`guidance.${status}`)}</span>
      <span class="row push status">${status === "live" && html`<${Watching} n=${guidance.watching} />`}</span>
      <span class="row quiet who"><${Icon} name="user" />${me.account.name}</span>
      <${Settings} />
      ${status === "live" && html`<button type="button" class="button" onClick=${() => setEnding(true)}><${Icon} name="hangup" />${say("present.end")}</button>`}
    </header>
    <${Stage} guidance=${guidance} begin=${begin} />
    <aside class="questions" aria-label=${say("present.questions")}>
      <h2>${say("present.questions")}</h2>
      ${status === "announced" ? html`<p class="quiet">${say("present.questions_later")}</p>` : html`<${Questions} guidance=${guidance} may=${status !== "closed"} take=${take} failed=${report} />`}
      <${Link} url=${guidance.url} />
    </aside>
    ${ending && html`<${Side} title=${say("present.end")} onClose=${() => setEnding(false)} footer=${html`<button type="button" class="button primary" onClick=${end}><${Icon} name="hangup" />${say("present.end_now")}</button><button type="button" class="button" onClick=${() => setEnding(false)}>${say("present.go_on")}</button>`}>
      <p>${say("present.end_means")}</p><p>${say(guidance.recorded ? "present.end_recorded" : "present.end_not_recorded")}</p><//>`}
    <${Toast} />
  </div>`
}

function Stage({ guidance, begin }) {
  const open = guidance.status === "announced" || guidance.status === "live"
  const pictures = shownStream.value?.getVideoTracks().length > 0
  return html`<main class="stage">
    <div class="picture">
      ${open && pictures && html`<${Film} stream=${shownStream.value} muted=${true} spoken=${say("present.picture")} />`}
      ${open && pictures && html`<p class="corner tl">${say(guidance.status === "live" ? "present.they_see" : "present.only_you")}</p>`}
      ${guidance.recorded && onAir.value.link === "live" && html`<p class="corner tr recorded"><${Icon} name="record" />${say("stage.recorded")}</p>`}
      <${Word} guidance=${guidance} pictures=${pictures} />
    </div>
    ${open && html`<div class="tools" role="toolbar" aria-label=${say("stage.tools")}>
      ${guidance.status === "announced" && html`<button type="button" class="tool still" onClick=${begin}><${Icon} name="play" />${say("present.begin")}</button><span>${say("present.at", { time: when(guidance.starts_at) })}</span>`}
      <button type="button" class="tool" aria-pressed=${String(muted.value)} onClick=${mute}><${Icon} name="mic" />${say(muted.value ? "present.unmute" : "present.mute")}</button>
      ${canShare() && html`<button type="button" class="tool" aria-pressed=${String(sharing.value)} onClick=${sharing.value ? stopSharing : share}><${Icon} name="switch" />${say(sharing.value ? "present.camera" : "present.share")}</button>`}
      ${onAir.value.link === "paused" && html`<button type="button" class="tool push" onClick=${restore}><${Icon} name="video" />${say("stage.restore")}</button>`}
      ${onAir.value.link === "live" && onAir.value.quality === "weak" && html`<span class="row push" role="status"><${Icon} name="rectify" />${say("present.weak")}</span>`}
    </div>`}
  </main>`
}

/** What to know beside the picture: why there is none, or why nobody gets it. */
function Word({ guidance, pictures }) {
  const word = (drawing, title, how, way = null) => html`<div class="stage-word" role="status"><${Icon} name=${drawing} /><h2>${title}</h2>${how && html`<p>${how}</p>`}${way}</div>`
  if (guidance.status === "closed") return word("na", say("present.closed"), say("present.closed_means"), html`<a class="button" href="#">${say("survey.back")}</a>`)
  if (guidance.status === "ended") return word("check", say("present.over"), say(guidance.recorded ? "present.over_recorded" : "present.over_not_recorded"), html`<a class="button" href="#">${say("survey.back")}</a>`)
  const { link, blocked, error } = onAir.value
  if (blocked) return word("offline", say("stage.blocked"), say("stage.blocked_how"))
  if (link === "lost") return word("offline", say("stage.lost"), say("present.lost_how"))
  if (link === "refused") return word("rectify", error?.message, "", html`<button type="button" class="button" onClick=${joinAgain}>${say("mishap.again")}</button>`)
  if (devices.value === "none") return word("rectify", say("present.no_devices"), say("present.no_devices_how"), html`<button type="button" class="button primary" onClick=${() => (guidance.status === "live" ? restore() : open())}>${say("present.open_again")}</button>`)
  if (devices.value === "no_camera" && !pictures) return word("mic", say("present.no_camera"), say("present.no_camera_how"))
  if (devices.value === "opening") return word("camera", say("present.opening"), "")
  return null
}

/** To hand out once more while speaking. */
function Link({ url }) {
  return html`<div class="field link"><label for="link">${say("present.link")}</label><input class="input" id="link" readonly value=${url} onFocus=${(event) => event.target.select()} /></div>`
}
