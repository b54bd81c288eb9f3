// The officer's own camera in the page; where a browser gives none, the phone's camera app takes the photo.

import { takeStill } from "../shared/still.js"
import { inWords, say } from "../shared/words.js"
import { html, signal, useEffect, useRef, useState } from "../vendor/view.js"
import { Film, Icon, tell } from "./parts.js"
import { Evidence } from "./evidence.js"
import { attach, lackOf, photosOf, sending, sheet } from "./sheet.js"

const stream = signal(null) // kept between points, so that the camera does not blink
const closed = signal(false) // the browser gives no camera, or it was refused
let users = 0

async function openCamera() {
  if (stream.value || closed.value) return
  try {
    const got = await navigator.mediaDevices.getUserMedia({ video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } } })
    got.getVideoTracks()[0].onended = () => (stream.value = null)
    if (users) stream.value = got
    else for (const track of got.getTracks()) track.stop()
  } catch {
    closed.value = true
  }
}

function closeCamera() {
  for (const track of stream.value?.getTracks() || []) track.stop()
  stream.value = null
}

export function Finder({ point }) {
  const file = useRef(null)
  const [busy, setBusy] = useState(false)
  const [shot, setShot] = useState(false)
  const [looking, setLooking] = useState(false)
  useEffect(() => {
    users += 1
    openCamera()
    const back = () => document.visibilityState === "visible" && openCamera()
    document.addEventListener("visibilitychange", back)
    return () => {
      document.removeEventListener("visibilitychange", back)
      users -= 1
      setTimeout(() => users === 0 && closeCamera(), 300) // the next point's finder takes it over
    }
  }, [])
  const pieces = photosOf(point.name)
  const taken = pieces.length + (sending.value[point.name] || 0)
  const done = (blob) => {
    attach(point.name, blob)
    setShot(true)
    setTimeout(() => setShot(false), 300)
    navigator.vibrate?.(40)
    const missing = Math.max(0, (lackOf(point.name)?.photos_missing ?? 0) - (sending.value[point.name] || 0))
    tell(missing > 0 ? say("still.taken_more", { n: missing }) : say("still.taken"), { seconds: 3 })
  }
  const shoot = async () => {
    if (busy || !sheet.value.may.answer) return
    if (!stream.value) return file.current.click()
    setBusy(true)
    try {
      done((await takeStill(stream.value.getVideoTracks()[0])).blob)
    } catch {
      file.current.click()
    }
    setBusy(false)
  }
  const hint = inWords(point.hint)
  const count = point.photos > 0 ? `${taken} / ${point.photos}` : String(taken)
  return html`<main class=${`finder ${shot ? "shot" : ""}`}>
    ${stream.value ? html`<${Film} stream=${stream.value} muted=${true} spoken=${say("finder.picture")} />` : html`<p class="no-camera"><${Icon} name="camera" />${say(closed.value ? "finder.closed" : "finder.opening")}</p>`}
    ${hint && html`<p class="hint" tabindex="0">${hint}</p>`}
    <div class="shutter-row">
      ${taken > 0 ? html`<button type="button" class="thumb" aria-label=${say("finder.taken", { n: taken })} onClick=${() => setLooking(!looking)}>${pieces.length > 0 && html`<img src=${pieces[pieces.length - 1].thumbnail_url} alt="" />`}<b>${count}</b></button>` : html`<span class="count">${point.photos > 0 ? say("finder.wanted", { n: point.photos }) : ""}</span>`}
      <button type="button" class="shutter" aria-disabled=${busy || !sheet.value.may.answer ? "true" : null} aria-label=${say("still.take")} onClick=${shoot}></button>
      <span></span>
    </div>
    ${looking && html`<div class="looking"><${Evidence} point=${point} /><button type="button" class="button" onClick=${() => setLooking(false)}>${say("close")}</button></div>`}
    <input class="visually-hidden" type="file" accept="image/*" capture="environment" tabindex="-1" aria-label=${say("still.take")} ref=${file} onChange=${(event) => {
      const [picked] = event.target.files
      event.target.value = ""
      if (picked) done(picked)
    }} />
  </main>`
}
