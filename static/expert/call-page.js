// The call at the desk: points on the left, picture in the middle, the point in hand on the right, the verdict below.

import { NoAnswer, post } from "../shared/api.js"
import { named, say } from "../shared/words.js"
import { html, useEffect, useRef, useState } from "../vendor/view.js"
import { answerByKey } from "./answers.js"
import { Bar } from "./bar.js"
import { cutOff, join, leave, link } from "./calling.js"
import { DraftSheet } from "./draft.js"
import { drawingKeys } from "./drawing.js"
import { Ending } from "./ending.js"
import { freeze, frozen } from "./frozen.js"
import { useKeys } from "./keys.js"
import { light, switchCamera, zoomBy } from "./lens.js"
import { Icon, Settings, Side, tell } from "./parts.js"
import { PointPanel } from "./point.js"
import { togglePointing } from "./pointing.js"
import { Rail } from "./rail.js"
import { current, goToLack, point, sheet, start, step, theirQuality, told } from "./sheet.js"
import { Signing } from "./signing.js"
import { Stage } from "./stage.js"
import { askPhone, cutPicture, noticeArrival } from "./stills.js"
import { VerdictSheet } from "./verdict.js"

const SHOW_MILLISECONDS = 400 // a point passed over on the way with J is not shown to the applicant

/** What arrives of the applicant's picture, where it is worth a word. */
const SEES = { fair: "quality.sees.fair", slow: "quality.sees.slow", sound: "quality.sees.sound" }

export function CallPage({ me }) {
  const { status, session, may, id, case: about } = sheet.value
  const [side, setSide] = useState(null)
  const close = () => setSide(null)
  const begin = async () => {
    try {
      await start()
    } catch (error) {
      tell(error instanceof NoAnswer ? say("mishap.silent") : error.message)
    }
  }
  const unheard = useRef(false) // the phone was not told of the point, since there was no network
  const show = () =>
    post(`/surveys/${id}/point`, { point: current.value }).then(
      () => (unheard.current = false),
      (error) => (unheard.current = error instanceof NoAnswer), // a refusal is final: the next point corrects it
    )
  const inCall = status === "under_way" && (session?.status === "waiting" || session?.status === "live")
  useEffect(() => {
    if (inCall) join(session.id)
    else leave()
  }, [inCall, session?.id])
  useEffect(() => leave, [])
  useEffect(noticeArrival)
  useEffect(() => {
    if (!inCall || !current.value) return
    const timer = setTimeout(show, SHOW_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [current.value, inCall])
  useEffect(() => {
    if (inCall && told.value && unheard.current) show()
  }, [told.value])
  const present = session?.applicant_present
  useKeys({
    1: () => answerByKey(point.value, 0),
    2: () => answerByKey(point.value, 1),
    3: () => answerByKey(point.value, 2),
    j: () => step(1),
    k: () => step(-1),
    n: goToLack,
    " ": () => may.answer && present && askPhone(),
    s: () => may.answer && present && cutPicture(),
    f: () => may.answer && present && freeze(),
    p: togglePointing,
    t: light,
    "-": () => zoomBy(-1),
    "+": () => zoomBy(1),
    "=": () => zoomBy(1), // the same key without Shift
    c: switchCamera,
    r: () => setSide({ name: "draft" }),
    "?": () => setSide({ name: "keys" }),
    ...(inCall && frozen.value ? drawingKeys : {}),
  })
  return html`<div class="desk">
    <header class="topbar">
      <a class="brand" href="#">${say("brand")}</a>
      <h1>${about.premises}</h1>
      <span class="chip info">${named(about, "item_type")}</span>
      <span class="quiet small number">${about.number}</span>
      <span class="row push status"><${Quality} present=${present} inCall=${inCall} /></span>
      <span class="row quiet who"><${Icon} name="user" />${me.account.name}</span>
      <${Settings} />
      <button type="button" class="button" onClick=${() => setSide({ name: "draft" })}><${Icon} name="file" />${say("draft")}<kbd>R</kbd></button>
      ${may.end && status === "under_way" && html`<button type="button" class="button" onClick=${() => setSide({ name: "end" })}><${Icon} name="hangup" />${say("end.open")}</button>`}
    </header>
    <${Rail} />
    <${Stage} onStart=${begin} />
    <${PointPanel} />
    <${Bar} onVerdict=${() => setSide({ name: "verdict" })} onSign=${(role) => setSide({ name: "sign", role })} onKeys=${() => setSide({ name: "keys" })} />
    ${side?.name === "verdict" && html`<${VerdictSheet} onClose=${close} onSign=${(role) => setSide({ name: "sign", role })} />`}
    ${side?.name === "sign" && html`<${Signing} first=${side.role} onClose=${close} />`}
    ${side?.name === "draft" && html`<${DraftSheet} onClose=${close} />`}
    ${side?.name === "end" && html`<${Ending} onClose=${close} />`}
    ${side?.name === "keys" && html`<${Keys} onClose=${close} />`}
  </div>`
}

/** The applicant's link as far as it is known: nothing is while our own is down. */
function Quality({ present, inCall }) {
  const { session, status } = sheet.value
  const waiting = status === "under_way" && session?.photos_waiting
  if (waiting) return html`<${Icon} name="upload" />${say("quality.waiting", { n: waiting })}`
  if (!inCall || link.value.link === "lost") return null
  if (session.applicant_hindered === "later") return html`<${Icon} name="camera" />${say("quality.later")}`
  if (session.applicant_hindered === "blocked" && present) return html`<${Icon} name="offline" />${say("quality.blocked")}`
  if (cutOff.value) return html`<${Icon} name="offline" />${say("quality.cut_off")}`
  if (!present) return html`<${Icon} name="clock" />${say("quality.absent")}`
  const weak = theirQuality.value === "weak" || theirQuality.value === "lost"
  if (link.value.other && SEES[link.value.sees]) return html`<${Icon} name="rectify" />${say(SEES[link.value.sees])}`
  return html`<${Icon} name=${weak ? "rectify" : "signal"} />${say(weak ? "quality.weak" : "quality.good")}`
}

function Keys({ onClose }) {
  const rows = [["1 2 3", "keys.answers"], [say("key.space"), "keys.still"], ["S", "keys.cut"], ["F", "keys.freeze"], ["P", "keys.point"], ["T", "lens.torch"], ["− +", "keys.zoom"], ["C", "lens.switch"], ["J", "keys.next"], ["K", "keys.before"], ["N", "keys.lacking"], ["R", "draft"], ["?", "keys.this"], ["A O L X", "keys.draw"], [say("key.arrows"), "keys.move"], ["⏎", "keys.stroke"]]
  return html`<${Side} title=${say("keys")} onClose=${onClose} footer=${html`<button type="button" class="button push" onClick=${onClose}>${say("close")}</button>`}>
    <dl class="key-list">${rows.map(([keys, what]) => html`<dt key=${what}>${keys.split(" ").map((key) => html`<kbd key=${key}>${key}</kbd> `)}</dt><dd>${say(what)}</dd>`)}</dl>
  <//>`
}
