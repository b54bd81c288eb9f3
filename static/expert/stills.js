// Asking for a still: the phone's own at full size, or what the server sees right now.

import { NoAnswer, post } from "../shared/api.js"
import { say } from "../shared/words.js"
import { signal } from "../vendor/view.js"
import { tell } from "./parts.js"
import { addPiece, photosOf, point, sheet } from "./sheet.js"

const PATIENCE_MILLISECONDS = 60_000 // to aim, hold still and press

/** What is being waited for: {request, point, before} for the phone, {point} for the server, or null. */
export const asked = signal(null)
let patience = 0

/** Ask the applicant to press the shutter. */
export async function askPhone() {
  if (asked.value || !point.value) return
  const { name } = point.value
  const mine = (asked.value = { point: name, before: photosOf(name).length, phone: true })
  try {
    const { request } = await post(`/surveys/${sheet.value.id}/stills`, { point: name, source: "phone" })
    if (asked.value === mine) asked.value = { ...mine, request }
    clearTimeout(patience)
    patience = setTimeout(() => giveUp(say("still.late")), PATIENCE_MILLISECONDS)
  } catch (error) {
    giveUp(error instanceof NoAnswer ? say("mishap.silent") : error.message)
  }
}

/** Keep what the live picture shows now: smaller, but nobody has to press anything. */
export async function cutPicture() {
  if (asked.value || !point.value) return
  const { name } = point.value
  asked.value = { point: name, phone: false }
  try {
    addPiece(sheet.value.id, await post(`/surveys/${sheet.value.id}/stills`, { point: name, source: "server" }))
    asked.value = null
  } catch (error) {
    giveUp(error instanceof NoAnswer ? say("still.no_picture") : error.message)
  }
}

/** The photo asked for has come: called whenever the sheet is drawn. */
export function noticeArrival() {
  const waiting = asked.value
  if (!waiting?.phone || photosOf(waiting.point).length <= waiting.before) return
  clearTimeout(patience)
  asked.value = null
  tell(say("still.arrived"))
}

export function stillFailed({ request } = {}) {
  if (asked.value?.request === request) giveUp(say("still.failed"))
}

export function withdraw() {
  clearTimeout(patience)
  asked.value = null
}

function giveUp(words) {
  withdraw()
  tell(words)
}
