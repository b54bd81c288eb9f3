// One survey's sheet, as the server last told it, and what is on its way there. What follows from both is worked out here at
// once; the server works out the same, and its word is the record.

import { get, NoAnswer, post, Problem, remove } from "../shared/api.js"
import { Latest } from "../shared/latest.js"
import { sha256 } from "../shared/sha256.js"
import { inWords, say } from "../shared/words.js"
import { batch, computed, signal } from "../vendor/view.js"
import { limits } from "./checklist/limits.js"
import { refusal, work } from "./checklist/work.js"
import { put } from "./outbox.js"
import { isOfNobody, signedInAgain } from "./signed-in.js"

export const sheet = signal(null)
/** Why the sheet could not be fetched, while there is none to show. */
export const failure = signal(null)
/** Whether the sheet that was open here is others' now: back in planning, or given to another crew. */
export const gone = signal(false)
/** Answers given here that the server has not confirmed: point -> {value, note, refused}; `refused`: why it cannot be, or "". */
export const pending = signal({})
/** What the server refused, in its words: point -> text. */
export const refusals = signal({})
/** Photos on their way: point -> how many. */
export const sending = signal({})
/** The name of the point in hand. */
export const current = signal("")

/** Whether the server's hints arrive. */
export const told = signal(true)
/** How the applicant's link is, as the server last said: "good", "weak", "lost", or null when nobody is there. */
export const theirQuality = signal(null)

/** What holds for each point: the server's answers, and those on their way that can be. */
const given = computed(() => {
  const all = { ...sheet.value.answers }
  for (const [name, mine] of Object.entries(pending.value)) if (!mine.refused) all[name] = mine
  return all
})
const worked = computed(() => (sheet.value?.script ? work(sheet.value.script, given.value, photosKept(sheet.value.evidence)) : NOTHING))
const NOTHING = { asked: [], marks: new Map(), remaining: [], suggested: "incomplete", score: 0 }
/** The version of the sheet in which the server came to something else than we; its word is shown then. */
const disputed = signal(null)
const said = computed(() => (disputed.value === sheet.value?.version && !Object.keys(pending.value).length ? sheet.value : worked.value))

/** What is asked, in order; a point of a repeat is there for each of what is looked at, as "temperature[2]". */
export const points = computed(() => worked.value.asked.map(({ key, point, label, nth, question }) => ({ ...point, name: key, label, own: point.label, nth, of: question.repeat })))
export const remaining = computed(() => said.value.remaining)
/** The finding that follows from the answers, and the share of general points that is met, in per cent. */
export const suggested = computed(() => said.value.suggested)
export const score = computed(() => said.value.score)
export const point = computed(() => points.value.find((each) => each.name === current.value) || points.value[0] || null)
/** Whether a point has an answer that can be. */
export const isAnswered = (name) => name in given.value
export const answered = computed(() => points.value.filter((each) => isAnswered(each.name)).length)

/** The answer to a point: the newest written here, else the server's. */
export function answerOf(name) {
  const kept = sheet.value.answers[name]
  const mine = pending.value[name]
  return mine ? { ...kept, ...mine, mark: mine.refused ? null : worked.value.marks.get(name), unsent: true } : kept
}

/** Between which numbers the answer to a point should be. */
export const limitsOf = (name) => limits(worked.value, name)

export const photosOf = (name) => sheet.value.evidence.filter((piece) => piece.point === name)
export const lackOf = (name) => remaining.value.find((each) => each.point === name)

function photosKept(evidence) {
  const counts = {}
  for (const { point } of evidence) counts[point] = (counts[point] || 0) + 1
  return counts
}

export async function open(id) {
  batch(() => {
    sheet.value = failure.value = null
    gone.value = false
    pending.value = {}
    refusals.value = {}
    sending.value = {}
    current.value = ""
  })
  opened = id
  await fetchAgain({ anew: true }) // another survey's sheet on its way is not this one's
}

let opened = 0
const latest = new Latest({ question: () => get(`/surveys/${opened}`), take: show })

/** Ask for the sheet that is open; a failure is told where there is none to show. `anew`: without waiting for what is on its way. */
export async function fetchAgain({ anew = false } = {}) {
  try {
    await (anew ? latest.askAnew() : latest.ask())
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof Problem)) throw error
    if (!sheet.value) failure.value = error
    else if (isOfNobody(error)) signedInAgain().then(() => fetchAgain())
    else if (error.status === 404 && (await signedInAgain())) await fetchAgain() // it was hidden from somebody else
    else if (error.status === 404) gone.value = true
  }
}

/** A whole sheet that the server answered to something that was done: what was asked for before is older. */
export function take(fresh) {
  latest.heard()
  show(fresh)
}

/** A part of the sheet that came otherwise than by asking for all of it: a sheet that was asked for before would undo it. */
export function amend(part) {
  latest.heard()
  sheet.value = { ...sheet.value, ...part }
}

/** One that is older than ours is left out. */
function show(fresh) {
  if (sheet.value && sheet.value.id === fresh.id && fresh.version < sheet.value.version) return
  batch(() => {
    sheet.value = fresh
    failure.value = null
    if (!current.value) current.value = fresh.session?.point || fresh.remaining[0]?.point || points.value[0]?.name || ""
  })
  compare(fresh)
}

/** The server's word and ours must be one; where they are not, somebody has to know. */
function compare({ script, asked, remaining, suggested, score }) {
  if (!script || Object.keys(pending.value).length) return
  const ours = [points.value.map(({ name }) => name), worked.value.remaining, worked.value.suggested, worked.value.score]
  const theirs = [asked, remaining.map(({ point, lacks, photos_missing }) => ({ point, lacks, photos_missing })), suggested, score]
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return
  disputed.value = sheet.value.version
  console.error(`checklist of survey ${sheet.value.id}: ${JSON.stringify({ ours, theirs })}`)
}

export async function start() {
  take(await post(`/surveys/${sheet.value.id}/start`))
}

/** Every answer goes at once; what is shown is what was pressed. What cannot be is said at once, too, and the server judges it. */
export function answer(name, value, note) {
  const { id } = sheet.value
  const mine = { value, note, refused: refusal(worked.value, name, value) }
  batch(() => {
    pending.value = { ...pending.value, [name]: mine }
    refusals.value = mine.refused ? { ...refusals.value, [name]: refusalIn(name, mine.refused) } : without(refusals.value, name)
  })
  const settle = () => {
    if (pending.value[name] === mine) pending.value = without(pending.value, name)
  }
  put((key) => post(`/surveys/${id}/answers`, { point: name, value, note, device: deviceName() }, { key }), {
    done: (fresh) =>
      batch(() => {
        if (sheet.value?.id === id && fresh.version >= sheet.value.version) amend(fresh)
        settle()
        fetchAgain()
      }),
    refused: (problem) =>
      batch(() => {
        const words = problem.values.cause === "out_of_range" ? refusalIn(name, "out_of_range") : problem.message
        if (pending.value[name] === mine) refusals.value = { ...refusals.value, [name]: words } // else answered again meanwhile
        settle()
      }),
  })
}

/** Of a figure that cannot be, the script's own words: they say what can. */
function refusalIn(name, fault) {
  const own = fault === "out_of_range" && inWords(points.value.find((each) => each.name === name)?.accepted_message)
  return own || say(`answer.${fault}`)
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
  if (!sheet.value.evidence.some((each) => each.id === piece.id)) amend({ evidence: [...sheet.value.evidence, piece] })
  fetchAgain()
}

export async function discard(number) {
  const { id } = sheet.value
  await remove(`/surveys/${id}/evidence/${number}`)
  await fetchAgain()
}

/** The point before (-1) or after (1) the one in hand. */
export function step(by) {
  const at = points.value.indexOf(point.value)
  const next = points.value[at + by]
  if (next) current.value = next.name
}

/** Go on to the next point that lacks something of this kind, from the one in hand and round again. */
export function goToLacking(kind) {
  const lacking = new Set(remaining.value.filter((each) => each.lacks.includes(kind)).map((each) => each.point))
  const names = points.value.map(({ name }) => name)
  const at = names.indexOf(point.value?.name) + 1
  const next = [...names.slice(at), ...names.slice(0, at)].find((name) => lacking.has(name))
  if (next) current.value = next
}

/** Evidence first: it takes the applicant, who can hang up. */
export const goToLack = () => goToLacking(["photos", "answer", "note"].find((kind) => remaining.value.some((each) => each.lacks.includes(kind))))

function without(map, name) {
  const { [name]: _, ...rest } = map
  return rest
}

const deviceName = () => (matchMedia("(pointer: coarse)").matches ? "phone" : "desk")
