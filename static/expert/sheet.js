// One survey's sheet, as the server last told it, and what is on its way there. The server says what counts and what is missing.

import { get, post, remove } from "../shared/api.js"
import { sha256 } from "../shared/sha256.js"
import { batch, computed, signal } from "../vendor/view.js"
import { put } from "./outbox.js"

export const sheet = signal(null)
/** Why the sheet could not be fetched, while there is none to show. */
export const failure = signal(null)
/** Answers given here that the server has not confirmed: point -> {value, note}. */
export const pending = signal({})
/** What the server refused, in its words: point -> text. */
export const refusals = signal({})
/** Photos on their way: point -> how many. */
export const sending = signal({})
/** The name of the point in hand. */
export const current = signal("")

/** Whether the server's hints arrive. */
export const told = signal(true)
/** How the applicant's link is, as the server last said: "good", "weak", or null when nobody is there. */
export const theirQuality = signal(null)

export const points = computed(() => (sheet.value?.script?.points || []).filter((point) => point.relevant))
export const point = computed(() => points.value.find((each) => each.name === current.value) || points.value[0] || null)
export const answered = computed(() => points.value.filter((each) => answerOf(each.name)).length)

/** The answer to a point: the newest written here, else the server's. */
export function answerOf(name) {
  const kept = sheet.value.answers[name]
  const mine = pending.value[name]
  return mine ? { mark: "", ...kept, ...mine, unsent: true } : kept
}

export const photosOf = (name) => sheet.value.evidence.filter((piece) => piece.point === name)
export const lackOf = (name) => sheet.value.remaining.find((each) => each.point === name)

export async function open(id) {
  batch(() => {
    sheet.value = failure.value = null
    pending.value = {}
    refusals.value = {}
    sending.value = {}
    current.value = ""
  })
  await fetchAgain(id)
}

/** Hints come often; one question at a time is enough, and one more after it if another hint came meanwhile. */
let asking = null
let askAgain = false

export async function fetchAgain(id = sheet.value?.id) {
  if (asking) {
    askAgain = true
    return asking
  }
  asking = get(`/surveys/${id}`).then(take, (error) => {
    if (!sheet.value) failure.value = error
  })
  await asking
  asking = null
  if (askAgain) {
    askAgain = false
    await fetchAgain(id)
  }
}

/** A whole sheet from the server; one that is older than ours is left out. */
export function take(fresh) {
  if (sheet.value && sheet.value.id === fresh.id && fresh.version < sheet.value.version) return
  batch(() => {
    sheet.value = fresh
    failure.value = null
    if (!current.value) current.value = fresh.session?.point || fresh.remaining[0]?.point || points.value[0]?.name || ""
  })
}

export async function start() {
  take(await post(`/surveys/${sheet.value.id}/start`))
}

/** Every answer goes at once; what is shown is what was pressed. */
export function answer(name, value, note) {
  const { id } = sheet.value
  const mine = { value, note }
  batch(() => {
    pending.value = { ...pending.value, [name]: mine }
    refusals.value = without(refusals.value, name)
  })
  const settle = () => {
    if (pending.value[name] === mine) pending.value = without(pending.value, name)
  }
  put((key) => post(`/surveys/${id}/answers`, { point: name, value, note, device: deviceName() }, { key }), {
    done: (fresh) =>
      batch(() => {
        if (sheet.value?.id === id && fresh.version >= sheet.value.version) sheet.value = { ...sheet.value, ...fresh }
        settle()
        fetchAgain(id)
      }),
    refused: (problem) =>
      batch(() => {
        settle()
        refusals.value = { ...refusals.value, [name]: problem.message }
      }),
  })
}

/** A photo from this device, with its fingerprint taken here. */
export function attach(name, blob, takenAt = new Date()) {
  const { id } = sheet.value
  const count = (by) => (sending.value = { ...sending.value, [name]: (sending.value[name] || 0) + by })
  count(1)
  let digest = null
  const send = async (key) => {
    digest ||= await sha256(blob)
    const form = new FormData()
    form.append("file", blob, blob.type === "image/png" ? "photo.png" : "photo.jpg")
    form.append("sha256", digest)
    form.append("point", name)
    form.append("taken_at", takenAt.toISOString())
    return post(`/surveys/${id}/evidence`, form, { key })
  }
  put(send, {
    done: (piece) => {
      addPiece(id, piece)
      count(-1)
    },
    refused: (problem) => {
      count(-1)
      refusals.value = { ...refusals.value, [name]: problem.message }
    },
  })
}

/** A piece the server has just kept: shown at once, confirmed by the next sheet. */
export function addPiece(id, piece) {
  if (sheet.value?.id !== id) return
  if (!sheet.value.evidence.some((each) => each.id === piece.id)) sheet.value = { ...sheet.value, evidence: [...sheet.value.evidence, piece] }
  fetchAgain(id)
}

export async function discard(number) {
  const { id } = sheet.value
  await remove(`/surveys/${id}/evidence/${number}`)
  await fetchAgain(id)
}

/** The point before (-1) or after (1) the one in hand. */
export function step(by) {
  const at = points.value.indexOf(point.value)
  const next = points.value[at + by]
  if (next) current.value = next.name
}

/** The first point with such a lack; "answer" before photos before notes is the bar's order. */
export const firstLacking = (kind) => sheet.value.remaining.find((each) => each.lacks.includes(kind))?.point

function without(map, name) {
  const { [name]: _, ...rest } = map
  return rest
}

const deviceName = () => (matchMedia("(pointer: coarse)").matches ? "phone" : "desk")
