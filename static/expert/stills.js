// Asking for a still: the phone's own at full size, or what the server sees right now.

import { NoAnswer, post, remove } from "../shared/api.js"
import { say } from "../shared/words.js"
import { signal } from "../vendor/view.js"
import { tell } from "./parts.js"
import { addPiece, photosOf, point, sheet } from "./sheet.js"

/** What is being waited for: {request, point, before} for the phone, {point} for the server, or null. */
export const asked = signal(null)
let patience = 0

/** Ask the applicant to press the shutter. */
export async function askPhone() {
  if (asked.value || !point.value) return
  const { name } = point.value
  const mine = (asked.value = { point: name, before: photosOf(name).length, phone: true })
  try {
    const { request, seconds } = await post(`/surveys/${sheet.value.id}/stills`, { point: name, source: "phone" })
    if (asked.value !== mine) return takeBack(request) // not waited for any more
    asked.value = { ...mine, request }
    clearTimeout(patience)
    patience = setTimeout(() => giveUp(say("still.late")), seconds * 1000)
  } catch (error) {
    giveUp(error instanceof NoAnswer ? say("mishap.silent") : error.message)
  }
}

/**
 * Keep what the live picture shows now: smaller, but nobody has to press anything.
 * @returns {Promise<object | undefined>} the photo; none if there is no picture
 */
export async function cutPicture() {
  if (asked.value || !point.value) return
  const { name } = point.value
  asked.value = { point: name, phone: false }
  try {
    const piece = await post(`/surveys/${sheet.value.id}/stills`, { point: name, source: "server" })
    addPiece(sheet.value.id, piece)
    asked.value = null
    return piece
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

/** Nothing is waited for any more, and the phone need not send it. */
export function withdraw() {
  clearTimeout(patience)
  const { request } = asked.value || {}
  asked.value = null
  if (request) takeBack(request)
}

/** A word that gets lost does no harm: the photo is then one more. */
function takeBack(request) {
  remove(`/surveys/${sheet.value.id}/stills/${request}`).catch(() => {})
}

function giveUp(words) {
  withdraw()
  tell(words)
}
