// The still that both sides see instead of the live picture, and what is drawn on it: as the server has it, and what is on its way there.

import { NoAnswer, post, remove } from "../shared/api.js"
import { say } from "../shared/words.js"
import { computed, signal } from "../vendor/view.js"
import { tell } from "./parts.js"
import { amend, fetchAgain, sheet } from "./sheet.js"
import { asked, cutPicture } from "./stills.js"

const UNDO_SECONDS = 8

/** What is shown, or null. */
export const frozen = computed(() => sheet.value?.session?.frozen || null)
/** Strokes that the server has not confirmed. */
export const unsent = signal([])
/** Whether the applicant looks at it, as far as the phone said. */
export const seen = signal(true)
let line = Promise.resolve() // one stroke after the other

/** Keep what the live picture shows now, and show it to the applicant. */
export async function freeze() {
  if (frozen.value || asked.value) return
  const piece = await cutPicture()
  if (piece) await show(piece.number)
}

/** Show a photo to the applicant, to be drawn on. */
export function show(number) {
  return attempt(async () => take(await post(`${place()}`, { number })))
}

/** One more stroke: seen here at once, on the phone as soon as the server has it. */
export function draw(stroke) {
  const { id } = frozen.value
  unsent.value = [...unsent.value, stroke]
  line = line.then(() => attempt(async () => id === frozen.value?.id && take(await post(`${place()}/${id}/strokes`, stroke)))).finally(() => (unsent.value = unsent.value.filter((one) => one !== stroke)))
  return line
}

/** Wipe out one's own last stroke. */
export function wipe() {
  const { id } = frozen.value
  line = line.then(() => attempt(async () => take(await remove(`${place()}/${id}/strokes`))))
  return line
}

/** Back to the live picture. What is given up can be taken back for some seconds. */
export async function close(keep) {
  await line
  const { number, strokes } = frozen.value
  const done = await attempt(async () => {
    await post(`${place()}/close`, { keep })
    take(null)
    return true
  })
  if (!done) return
  if (keep && strokes.length) tell(say("frozen.kept"))
  else if (strokes.length) tell(say("frozen.given_up"), { undo: () => again(number, strokes), seconds: UNDO_SECONDS })
}

/** The server says what is shown now. */
export function frozenChanged({ session, frozen: now }) {
  if (sheet.value?.session?.id !== session) return
  take(now)
}

export function frozenSeen({ drawing, seen: is }) {
  if (frozen.value?.id === drawing) seen.value = is
}

async function again(number, strokes) {
  await show(number)
  for (const { kind, places, text } of strokes) await draw({ kind, places, text })
}

function take(now) {
  if (now?.id !== frozen.value?.id) seen.value = true
  amend({ session: { ...sheet.value.session, frozen: now } })
}

const place = () => `/surveys/${sheet.value.id}/frozen`

async function attempt(act) {
  try {
    return await act()
  } catch (error) {
    tell(error instanceof NoAnswer ? say("mishap.silent") : error.message)
    fetchAgain()
    return null
  }
}
