// Which questions of a script are asked, given the answers so far; those of repeats once for each of what is looked at.

import { holds, numberOf } from "./expression.js"
import { boundsOf } from "./limits.js"

const NOTHING = []

/** One question as it is asked. */
export class Asked {
  #label = null

  /**
   * @param {object} question of a prepared script
   * @param {number} nth of what its repeat looks at, from 1; 0 outside of repeats
   */
  constructor(question, nth) {
    this.question = question
    this.point = question.point
    this.nth = nth
    /** What its answer, its photos and its drawings are kept under: "temperature", or "temperature[2]". */
    this.key = nth ? `${this.point.name}[${nth}]` : this.point.name
    /** What it lacks while nobody has touched it, kept for the next time. */
    this.untouched = null
  }

  /** In both languages; the second of what a repeat looks at says so. */
  get label() {
    const { zh, en } = this.point.label
    const { repeat } = this.question
    this.#label ??= repeat ? { zh: `${zh}（${repeat.label.zh} ${this.nth}）`, en: `${en} (${repeat.label.en} ${this.nth})` } : this.point.label
    return this.#label
  }
}

/**
 * @param {object} script as the sheet has it
 * @param {Record<string, {value: string, note?: string}>} given by key
 * @returns {{asked: Asked[], values: string[], notes: string[], look: (one: Asked, value: string) => import("./expression.js").Looked}}
 *   of each that is asked the value that counts, "" where there is none or one that cannot be, and the note.
 *   `look`: what the conditions of one question see, with `value` for its answer
 */
export function ask(script, given) {
  const { blocks, size } = prepare(script)
  const answers = Array.from({ length: size }, () => []) // of each question those that count: one to what is not asked is none
  const looked = { here: "", nth: 0, answers } // one for all: a condition looks, and keeps nothing
  const look = (one, here) => {
    looked.nth = one.nth
    looked.here = here
    return looked
  }
  const found = { asked: [], values: [], notes: [], look }
  for (const { questions, count } of blocks) {
    const times = count === null ? 1 : counted(answers[count]?.[0])
    for (let nth = 1; nth <= times; nth += 1) {
      for (const question of questions) {
        const one = (question.asked[nth - 1] ??= new Asked(question, count === null ? 0 : nth))
        const isAsked = !question.relevant || question.relevant(look(one, ""))
        const own = isAsked ? given[one.key] : undefined
        const value = own && can(question, look(one, own.value)) ? own.value : ""
        answers[question.place].push(value)
        if (!isAsked) continue
        found.asked.push(one)
        found.values.push(value)
        found.notes.push(own?.note || "")
      }
    }
  }
  return found
}

/** What cannot be counts for nothing: 99999 fridges are not asked about. */
const can = (question, looked) => !looked.here || !question.accepted || question.accepted(looked)

function counted(value = "") {
  const count = numberOf(value)
  return count >= 1 ? Math.floor(count) : 0
}

let prepared = { sha256: null }

/** Conditions are made functions once. A page works one script at a time, so one is kept; its digest says whether it is the same. */
function prepare(script) {
  if (prepared.sha256 !== script.sha256) prepared = { sha256: script.sha256, size: script.points.length, blocks: blocks(script) }
  return prepared
}

/** Questions in a row of one repeat are asked together, for one after the other. */
function blocks(script) {
  const repeats = new Map(script.repeats.map((repeat) => [repeat.name, repeat]))
  const places = new Map(script.points.map(({ name }, place) => [name, place]))
  const found = []
  script.points.forEach((point, place) => {
    const repeat = repeats.get(point.repeat) || null
    if (!repeat || found.at(-1)?.repeat !== repeat) found.push({ repeat, count: repeat && places.get(repeat.count), questions: [] })
    const answers = (name) => answersTo(script.points, places.get(name), repeat)
    const condition = (tree) => tree && holds(tree, answers)
    found.at(-1).questions.push({
      point,
      place,
      repeat,
      asked: [], // each time it was, kept for the next
      relevant: condition(point.relevant),
      accepted: condition(point.accepted),
      passes: condition(point.passes),
      bounds: boundsOf(point.passes || point.accepted, answers),
    })
  })
  return found
}

/** From within a repeat, the answer about the same one; else all there are. */
function answersTo(points, place, repeat) {
  if (place === undefined) return () => NOTHING
  if (!repeat || points[place].repeat !== repeat.name) return ({ answers }) => answers[place]
  return ({ answers, nth }) => (nth > answers[place].length ? NOTHING : [answers[place][nth - 1]])
}
