// The applicant's camera, worked from here: its light, its zoom, and the phone's other camera, where the phone has them.

import { newKey, NoAnswer, post } from "../shared/api.js"
import { say } from "../shared/words.js"
import { computed, html, signal } from "../vendor/view.js"
import { Icon, tell } from "./parts.js"
import { amend, sheet } from "./sheet.js"

const PATIENCE_MILLISECONDS = 8_000 // a phone needs up to two seconds to open its other camera
const STEP = 1.3 // from one zoom to the next: five steps from whole to four times as near
const FEWEST_STEPS = 10 // of a camera whose figures begin at nothing

/** What the camera can and does, as the phone said last; null while nobody is there. */
export const camera = computed(() => (sheet.value?.session?.applicant_present ? sheet.value.session.camera : null))

/** The wish the phone is at: {what, request, zoom}, or null. */
const wished = signal(null)
let next = null // the zoom wanted after that
let patience = 0

export function light() {
  if (camera.value?.torch !== null) wish({ what: "torch", on: !camera.value?.torch })
}

export function switchCamera() {
  if (camera.value?.cameras > 1) wish({ what: "switch" })
}

/** Nearer (1) or farther (-1). Pressed again before the phone has answered, it goes on from there. */
export function zoomBy(way) {
  const can = camera.value?.zoom
  if (!can) return
  const now = next ?? wished.value?.zoom ?? can.now
  const zoom = zoomAfter({ ...can, now }, way)
  if (zoom === now) return
  if (wished.value) next = zoom
  else wish({ what: "zoom", zoom })
}

/** The next zoom of a camera one way or the other, within what it has. */
export function zoomAfter({ min, max, step, now }, way) {
  const wanted = min > 0 ? now * STEP ** way : now + (way * (max - min)) / FEWEST_STEPS
  const whole = step > 0 ? min + Math.round((wanted - min) / step) * step : wanted
  const moved = step > 0 && whole === now ? now + way * step : whole
  return Number(Math.min(max, Math.max(min, moved)).toFixed(3))
}

/** The phone says what its camera does: by itself, or in answer to a wish. */
export function cameraChanged({ session, camera: now, request, failed, undone }) {
  if (sheet.value?.session?.id !== session) return
  amend({ session: { ...sheet.value.session, camera: now } })
  if (undone) tell(say("lens.undone"))
  const mine = wished.value
  if (!mine || mine.request !== request) return
  settle()
  if (failed) tell(say(`lens.failed_${mine.what}`))
  else if (next !== null && next !== now.zoom?.now) return wish({ what: "zoom", zoom: next })
  next = null
}

async function wish(what) {
  if (wished.value) return
  const mine = (wished.value = { ...what, request: newKey() }) // named here: the phone may answer before the server has
  next = null
  patience = setTimeout(() => wished.value && (settle(), tell(say("lens.silent"))), PATIENCE_MILLISECONDS)
  try {
    await post(`/surveys/${sheet.value.id}/camera`, mine)
  } catch (error) {
    settle()
    tell(error instanceof NoAnswer ? say("mishap.silent") : error.message)
  }
}

function settle() {
  clearTimeout(patience)
  wished.value = null
}

/** The tools of the toolbar, only those the camera has. */
export function Lens() {
  const can = camera.value
  if (!can) return null
  const busy = wished.value ? "true" : null
  return html`<span class="lens row" role="group" aria-label=${say("lens")} aria-busy=${busy}>
    ${can.torch !== null && html`<button type="button" class="tool" aria-pressed=${String(can.torch)} aria-label=${say("lens.torch")} title=${say("lens.torch")} onClick=${light}><${Icon} name="torch" /><kbd>T</kbd></button>`}
    ${can.zoom && html`<span class="row zoom"><button type="button" class="tool" aria-label=${say("lens.farther")} title=${say("lens.farther")} aria-disabled=${can.zoom.now <= can.zoom.min ? "true" : null} onClick=${() => zoomBy(-1)}><kbd>−</kbd></button><span class="unit" role="status" aria-label=${say("lens.zoom")}>${nearness(can.zoom)}</span><button type="button" class="tool" aria-label=${say("lens.nearer")} title=${say("lens.nearer")} aria-disabled=${can.zoom.now >= can.zoom.max ? "true" : null} onClick=${() => zoomBy(1)}><kbd>+</kbd></button></span>`}
    ${can.cameras > 1 && html`<button type="button" class="tool" aria-label=${say("lens.switch")} title=${say("lens.switch")} onClick=${switchCamera}><${Icon} name="switch" /><kbd>C</kbd></button>`}
  </span>`
}

/** "2.5×": as many times as near as the widest view. */
function nearness({ min, max, now }) {
  return min > 0 ? `${(now / min).toFixed(1)}×` : `${Math.round((100 * (now - min)) / (max - min))}%`
}
