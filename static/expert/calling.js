// The officer's side of the call.

import { post } from "../shared/api.js"
import { Call } from "../shared/peer.js"
import { batch, signal } from "../vendor/view.js"

/** The call under way, or null. */
export const officersCall = signal(null)
export const link = signal({ link: "idle", quality: "lost", other: false, error: null })
export const theirStream = signal(null)
export const ownStream = signal(null)
/** Whether the browser lets the applicant's sound through; if not, a tap is needed. */
export const heard = signal(true)

export function join(sessionId) {
  if (officersCall.value) return
  const call = new Call({
    getStream: async () => (ownStream.value = await faceAndVoice()),
    signal: (sdp) => post(`/sessions/${sessionId}/media`, { sdp }),
    onState: (state) => (link.value = state),
    onStream: (stream) => (theirStream.value = stream),
  })
  officersCall.value = call
  call.start()
}

export function leave() {
  officersCall.value?.hangUp()
  for (const track of ownStream.value?.getTracks() || []) track.stop()
  batch(() => {
    officersCall.value = null
    ownStream.value = null
    theirStream.value = null
  })
}

/** A face and a voice, else a voice, else only watching: a desk without a camera still surveys. */
async function faceAndVoice() {
  for (const wish of [{ audio: true, video: { width: { ideal: 640 }, height: { ideal: 480 } } }, { audio: true }]) {
    try {
      return await navigator.mediaDevices.getUserMedia(wish)
    } catch {
      // the next wish asks for less
    }
  }
  return null
}
