// The officer's side of the call.

import { post } from "../shared/api.js"
import { Others } from "../shared/others.js"
import { Call } from "../shared/peer.js"
import { say } from "../shared/words.js"
import { batch, computed, signal } from "../vendor/view.js"
import { sheet } from "./sheet.js"

/** The call under way, or null. */
export const officersCall = signal(null)
export const link = signal({ link: "idle", quality: "lost", blocked: false, other: false, recorded: false, diskFull: false, sends: "", sees: "", error: null })
export const theirStream = signal(null)
export const ownStream = signal(null)
/** Whether the applicant's sound or picture has arrived in this call: who is missing now was here before. */
export const met = signal(false)
/** Whether the applicant was here and nothing of theirs arrives any more. */
export const cutOff = computed(() => met.value && !link.value.other && (link.value.link === "live" || link.value.link === "paused"))
/** Whether the browser lets the applicant's sound through; if not, a tap is needed. */
export const heard = signal(true)

/** The other officers of a joint survey, or null. */
export const others = signal(null)

export function join(sessionId) {
  if (officersCall.value) return
  const beside = new Others(say("stage.other_officer"))
  const call = new Call({
    getStream: async () => (ownStream.value = await faceAndVoice()),
    signal: (sdp) => post(`/sessions/${sessionId}/media`, { sdp }),
    view: (sdp, ticket) => post(`/sessions/${sessionId}/media/view`, { sdp, ticket }),
    relays: () => sheet.value?.session?.relays || [],
    onState: (state) =>
      batch(() => {
        link.value = state
        if (state.other) met.value = true
      }),
    onStream: (stream) => (theirStream.value = stream),
    others: 2,
    onOther: (seat, stream, shown) => beside.show(seat, stream, shown),
  })
  others.value = beside
  officersCall.value = call
  call.start()
}

export function leave() {
  officersCall.value?.hangUp()
  for (const track of ownStream.value?.getTracks() || []) track.stop()
  others.value?.leave()
  batch(() => {
    others.value = null
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
