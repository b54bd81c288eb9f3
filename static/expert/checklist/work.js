// What follows from the answers to a script: what each means, what remains, what it comes to.
// The server works out the same from the form a script compiles to (decision 15), and its word is the record.

import { ask } from "./asking.js"

const LONGEST_NUMBER = 20 // one that is longer was not read from an instrument
const NONE = { note: "", photos: 0 }

/**
 * @typedef {{asked: import("./asking.js").Asked[], marks: Map<string, "met" | "unmet" | "not_applicable" | null>,
 *   remaining: {point: string, lacks: ("answer" | "note" | "photos")[], photos_missing: number}[],
 *   suggested: "pass" | "rectify" | "fail" | "incomplete", score: number, look: Function}} Worked
 * @param {object} script as the sheet has it
 * @param {Record<string, {value: string, note: string}>} given what holds for each point, by key ("temperature[2]")
 * @param {Record<string, number>} photos how many each point has, by key
 * @returns {Worked}
 */
export function work(script, given, photos) {
  const { asked, values, notes, look } = ask(script, given)
  const kept = new Map(Object.entries(photos))
  const marks = new Map()
  const remaining = []
  const counts = { open: 0, key: { met: 0, unmet: 0, not_applicable: 0 }, general: { met: 0, unmet: 0, not_applicable: 0 } }
  asked.forEach((one, place) => {
    const value = values[place]
    const mark = markOf(one, value, look)
    marks.set(one.key, mark)
    if (mark) counts[one.point.severity][mark] += 1
    if (!value) counts.open += 1
    const lack = value || kept.has(one.key) ? missing(one, value, mark, { note: notes[place], photos: kept.get(one.key) || 0 }) : (one.untouched ??= missing(one, "", null, NONE))
    if (lack) remaining.push(lack)
  })
  return { asked, marks, remaining, look, ...finding(counts, script.rectify_up_to_percent) }
}

/**
 * Why a value cannot be the answer to `key` as things stand, in the server's word for it; "" where it can.
 * @param {Worked} worked
 */
export function refusal({ asked, look }, key, value) {
  const one = asked.find((each) => each.key === key)
  if (!one) return "not_asked"
  const { kind, choices, whole } = one.point.answer
  if (kind !== "number") return choices.some(({ name }) => name === value) ? "" : "unknown_choice"
  if (value.length > LONGEST_NUMBER || !/^-?[0-9]+(\.[0-9]+)?$/.test(value)) return "not_a_number"
  if (whole && !Number.isInteger(Number(value))) return "not_whole"
  return one.question.accepted && !one.question.accepted(look(one, value)) ? "out_of_range" : ""
}

/** Met, unmet or not applicable; null while open, and for a question that judges nothing. */
function markOf(one, value, look) {
  const { severity, answer } = one.point
  if (!value || !severity) return null
  if (answer.kind === "number") return one.question.passes(look(one, value)) ? "met" : "unmet"
  return answer.choices.find(({ name }) => name === value)?.mark ?? null
}

/** What a point still lacks, or null. A failure and a "does not apply" need a reason; photos depend on what the answer means. */
function missing({ key, point }, value, mark, { note, photos }) {
  const lacks = []
  if (!value) lacks.push("answer")
  else if ((mark === "unmet" || mark === "not_applicable") && !note.trim()) lacks.push("note")
  const needed = mark === "not_applicable" ? 0 : mark === "unmet" ? point.photos_when_unmet : point.photos
  const photos_missing = Math.max(0, needed - photos)
  if (photos_missing) lacks.push("photos")
  return lacks.length ? { point: key, lacks, photos_missing } : null
}

/** The rule is the one of inspection/checklist/results.py. */
function finding({ open, key, general: { met, unmet } }, rectifyUpTo) {
  const judged = met + unmet
  const score = judged ? Math.round((1000 * met) / judged) / 10 : 100
  if (key.unmet) return { suggested: "fail", score }
  if (open) return { suggested: "incomplete", score }
  if (!unmet) return { suggested: "pass", score }
  return { suggested: unmet * 100 <= rectifyUpTo * judged ? "rectify" : "fail", score }
}
