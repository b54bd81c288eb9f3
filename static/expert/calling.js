// The officer's side of the call.

import { post } from "../shared/api.js"
import { Call } from "../shared/peer.js"
import { batch, computed, signal } from "../vendor/view.js"

/** The call under way, or null. */
export const officersCall = signal(null)
export const link = signal({ link: "idle", quality: "lost", other: false, error: null })
export const theirStream = signal(null)
export const ownStream = signal(null)
/** Whether the applicant's sound or picture has arrived in this call: who is missing now was here before. */
export const met = signal(false)
/** Whether the applicant was here and nothing of theirs arrives any more. */
export const cutOff = computed(() => met.value && !link.value.other && (link.value.link === "live" || link.value.link === "paused"))
/** Whether the browser lets the applicant's sound through; if not, a tap is needed. */
export const heard = signal(true)

export function join(sessionId) {
  if (officersCall.value) return
  const call = new Call({
    getStream: async () => (ownStream.value = await faceAndVoice()),
    signal: (sdp) => post(`/sessions/${sessionId}/media`, { sdp }),
    onState: (state) =>
      batch(() => {
        link.value = state
        if (state.other) met.value = true
      }),
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
    met.value = false
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
