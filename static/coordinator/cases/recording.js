// The recording of a survey's call: played through, or from the moment a point was answered.

import { clock } from "../../shared/format.js"
import { frameOf, shownAt } from "../../shared/place.js"
import { expertsOf, pointedAt, Replay } from "../../shared/replay.js"
import { inWords, say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { Icon, Loading, Mishap } from "../states.js"
import { who } from "../who.js"
import { causeOf } from "./gaps.js"
import { Joined } from "./joined.js"

const SHORTEST_GAP = 1 // seconds: less is not noticed

export function Recording({ survey }) {
  const [shown, setShown] = useState(false)
  const { data, error, again } = useAnswer(shown ? `/surveys/${survey.id}/recording` : null)
  if (!shown) return html`<div><button class="button" type="button" onClick=${() => setShown(true)}><${Icon} name="play" />${say("recording.show")}</button></div>`
  if (error && !data) return html`<${Mishap} error=${error} again=${again} />`
  if (!data) return html`<${Loading} />`
  return html`<section class="recording" aria-labelledby="recording">
    <div class="row"><h3 id="recording">${say("recording.title")}</h3><button class="button plain square push" type="button" aria-label=${say("recording.hidden")} onClick=${() => setShown(false)}><${Icon} name="close" /></button></div>
    ${data.stretches.length ? html`<${Player} recording=${data} />` : data.gone ? html`<p class="notice"><${Icon} name="info" /><span>${say("recording.gone")}</span></p>` : html`<p class="notice"><${Icon} name="info" /><span>${say("recording.none")} <button class="button" type="button" onClick=${again}>${say("again")}</button></span></p>`}
    ${data.stretches.length > 0 && html`<${Joined} survey=${survey.id} />`}
    <p class="quiet small">${say("recording.logged")}</p>
  </section>`
}

function Player({ recording }) {
  const screen = useRef(null)
  const experts = expertsOf(recording.stretches)
  const [replay, setReplay] = useState(null)
  const [now, setNow] = useState({ seconds: 0, playing: false })
  useEffect(() => {
    const [first, spare, ...beside] = screen.current.querySelectorAll("video")
    const made = new Replay(recording.stretches, { screen: [first, spare], beside, onChange: setNow })
    setReplay(made)
    return () => made.stop()
  }, [recording])
  const whole = replay?.seconds || 0
  const time = replay ? clock(replay.momentAt(now.seconds)) : ""
  const jump = (moment) => replay.jump(moment.stretch_id, moment.seconds)
  return html`<div class="player">
      <div class="screen" ref=${screen}><video playsinline aria-label=${say("recording.applicant")}></video><video playsinline hidden aria-label=${say("recording.applicant")}></video><${Ring} place=${replay && pointedAt(recording.shown, replay.momentAt(now.seconds))} /><div class="insets">${experts.map((identity) => html`<video key=${identity} playsinline aria-label=${say("recording.expert")}></video>`)}</div></div>
      <div class="row controls"><button class="button square" type="button" aria-label=${say(now.playing ? "recording.pause" : "recording.play")} onClick=${() => replay.toggle()}><${Icon} name=${now.playing ? "freeze" : "play"} /></button>
        <input type="range" min="0" max=${whole} step="0.1" value=${now.seconds} aria-label=${say("recording.position")} aria-valuetext=${say("recording.at", { time, played: minutes(now.seconds), whole: minutes(whole) })} onInput=${(event) => replay.seek(Number(event.target.value))} />
        <span class="unit small">${minutes(now.seconds)} / ${minutes(whole)}</span></div>
      <p class="quiet small">${time}</p>
    </div>
    ${recording.moments.length > 0 && html`<h4>${say("recording.moments")}</h4><ul class="moments">${recording.moments.map((moment) => html`<li key=${moment.point}><button class="button plain" type="button" onClick=${() => jump(moment)}><span class="unit">${clock(moment.at)}</span> ${inWords(moment.label)}</button></li>`)}</ul>`}
    <${Shown} shown=${recording.shown} jump=${jump} />
    <${Gaps} gaps=${recording.gaps.filter((gap) => gap.side === "applicant" && gap.seconds >= SHORTEST_GAP)} />`
}

/** Where the expert pointed, on the picture that is seen: the recording has it without. */
function Ring({ place }) {
  const put = (node) => {
    const video = node?.parentElement.querySelector("video:not([hidden])")
    const frame = video && frameOf({ width: video.clientWidth, height: video.clientHeight }, { width: video.videoWidth, height: video.videoHeight }, "contain")
    if (!frame) return
    const at = shownAt(place, frame)
    node.style.left = `${video.offsetLeft + at.left}px`
    node.style.top = `${video.offsetTop + at.top}px`
  }
  return place && html`<span class="pointed" aria-hidden="true" ref=${put}></span>`
}

/** What experts pointed at and drew on, each from where it was shown. */
function Shown({ shown, jump }) {
  if (!shown.length) return null
  return html`<h4>${say("recording.shown")}</h4><ul class="moments">${shown.map((one) => html`<li key=${`${one.kind} ${one.id}`}><button class="button plain" type="button" onClick=${() => jump(one)}><${Icon} name=${one.kind === "drawing" ? "pen" : "point"} /><span class="unit">${clock(one.at)}</span> ${say(one.kind === "drawing" ? "recording.shown_drawing" : "recording.shown_pointing", { by: who(one.by, one.by_name) })}</button>${one.drawn && html`<a href=${one.drawn.view_url} target="_blank" rel="noopener"><img src=${one.drawn.thumbnail_url} alt=${say("recording.shown_drawing", { by: who(one.by, one.by_name) })} /></a>`}</li>`)}</ul>`
}

function Gaps({ gaps }) {
  if (!gaps.length) return null
  return html`<h4>${say("recording.gaps")}</h4><ul>${gaps.map((gap) => html`<li key=${gap.starts_at}>${say("recording.gap", { time: clock(gap.starts_at), seconds: Math.round(gap.seconds), cause: causeOf(gap.cause) })}</li>`)}</ul>`
}

/** "3:05" */
const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
