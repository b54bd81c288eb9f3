// The presenter's side of a guidance session: camera and microphone, the screen if wanted, and the way to the viewers.

import { post } from "../shared/api.js"
import { Call } from "../shared/peer.js"
import { batch, signal } from "../vendor/view.js"

/** What viewers see, or will see; null while nothing is open. */
export const shownStream = signal(null)
/** Whether camera and microphone could be opened: "opening", "open", "no_camera" (sound alone) or "none". */
export const devices = signal("opening")
export const sharing = signal(false)
export const muted = signal(false)
/** Of the connection, as `peer.js` says it. */
export const onAir = signal({ link: "idle", quality: "lost", blocked: false, error: null })

const WISHES = [
  ["open", { audio: true, video: { width: { ideal: 1280 }, height: { ideal: 720 } } }],
  ["no_camera", { audio: true }],
]

let camera = null
let screen = null
let call = null
let visit = 0 // counted up by leaving: what the browser allows after that is closed at once

/** The browser can show a screen to others: phones cannot. */
export const canShare = () => Boolean(navigator.mediaDevices?.getDisplayMedia)

/** Open camera and microphone; nobody sees or hears anything yet. */
export async function open() {
  const here = visit
  devices.value = "opening"
  for (const [what, wish] of WISHES) {
    try {
      const opened = await navigator.mediaDevices.getUserMedia(wish)
      if (here !== visit) return stop(opened)
      stop(camera)
      camera = opened
      hush()
      devices.value = what
      return show()
    } catch {
      if (here !== visit) return
      // the next wish asks for less
    }
  }
  devices.value = "none"
}

/** @param {number} id @param {{relays: () => RTCIceServer[], onRefused: () => void}} options */
export function join(id, { relays, onRefused }) {
  if (call) return
  call = new Call({
    getStream: async () => {
      if (!camera?.getTracks().every((track) => track.readyState === "live")) await open()
      return shownStream.value
    },
    signal: (sdp) => post(`/guidance/${id}/media`, { sdp }),
    view: (sdp, ticket) => post(`/guidance/${id}/media/view`, { sdp, ticket }),
    relays,
    onState: (state) => {
      if (state.link === "refused" && onAir.value.link !== "refused") onRefused()
      onAir.value = state
    },
  })
  call.start()
}

export const renew = (epoch) => call?.renew(epoch)
export const joinAgain = () => call?.start()
export const restore = () => call?.restart()

/** Show the screen in place of the camera; choosing none is no mishap. */
export async function share() {
  const here = visit
  let chosen
  try {
    chosen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } } })
  } catch {
    return
  }
  if (here !== visit) return stop(chosen)
  stop(screen)
  screen = chosen
  screen.getVideoTracks()[0].addEventListener("ended", stopSharing) // the browser's own "stop sharing"
  sharing.value = true
  show()
}

export function stopSharing() {
  stop(screen)
  screen = null
  sharing.value = false
  show()
}

export function mute() {
  muted.value = !muted.value
  hush()
}

export function leave() {
  visit += 1
  call?.hangUp()
  stop(camera)
  stop(screen)
  call = camera = screen = null
  batch(() => {
    shownStream.value = null
    sharing.value = muted.value = false
    onAir.value = { link: "idle", quality: "lost", blocked: false, error: null }
  })
}

function show() {
  const pictures = (screen || camera)?.getVideoTracks() || []
  shownStream.value = new MediaStream([...(camera?.getAudioTracks() || []), ...pictures])
  call?.show(shownStream.value)
}

/** Also of a microphone that was opened anew: the button says what viewers hear. */
function hush() {
  for (const track of camera?.getAudioTracks() || []) track.enabled = !muted.value
}

const stop = (stream) => stream?.getTracks().forEach((track) => track.stop())
