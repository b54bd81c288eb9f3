// A condition of a script, from the tree the server sends to a function that evaluates it: XPath 1.0, in part.
// Trees and what they may hold: inspection/checklist/expression.py. A value is a text, a number, true or false, or a
// set of answers, as an array of texts.

/**
 * @typedef {{here: string, nth: number, answers: string[][]}} Looked what a condition looks at: the answer itself; of which
 *   of what its repeat looks at; and the answers to each question
 * @typedef {string | number | boolean | string[]} Value
 * @param {any[]} tree
 * @param {(name: string) => (looked: Looked) => string[]} answersTo a question
 * @returns {(looked: Looked) => Value}
 */
export function compile([operator, ...sides], answersTo) {
  if (operator === "text" || (operator === "number" && !Array.isArray(sides[0]))) return () => sides[0]
  if (operator === "here") return (looked) => [looked.here]
  if (operator === "answers") return answersTo(sides[0])
  const make = OPERATORS[operator]
  if (!make) throw new Error(`no ${operator} in conditions`)
  return make(...sides.map((side) => compile(side, answersTo)))
}

/** Whether a condition holds. */
export function holds(tree, answersTo) {
  const value = compile(tree, answersTo)
  return (looked) => truthOf(value(looked))
}

/** A number's text, as XPath takes it; anything else is no number. */
export function numberOf(value) {
  if (typeof value === "number") return value
  if (typeof value === "boolean") return value ? 1 : 0
  if (Array.isArray(value)) return value.length ? numberOf(value[0]) : NaN
  return /^\s*-?(\d+(\.\d*)?|\.\d+)\s*$/.test(value) ? Number(value) : NaN
}

function truthOf(value) {
  if (typeof value === "number") return value !== 0 && !Number.isNaN(value)
  return typeof value === "boolean" ? value : value.length > 0
}

const textOf = (value) => (Array.isArray(value) ? (value[0] ?? "") : String(value))

const ofNumber = (calculate) => (part) => (looked) => calculate(numberOf(part(looked)))
const ofNumbers = (calculate) => (left, right) => (looked) => calculate(numberOf(left(looked)), numberOf(right(looked)))

/** Of a set, one answer that compares is enough; beside true or false it counts whether there is any. */
const comparison = (compared) => (left, right) => (looked) => {
  const a = left(looked)
  const b = right(looked)
  if (Array.isArray(a)) return typeof b === "boolean" ? compared(truthOf(a), b) : a.some((one) => (Array.isArray(b) ? b.some((other) => compared(one, other)) : compared(one, b)))
  if (Array.isArray(b)) return typeof a === "boolean" ? compared(a, truthOf(b)) : b.some((other) => compared(a, other))
  return compared(a, b)
}
const order = (compared) => comparison((a, b) => compared(numberOf(a), numberOf(b)))
const equality = (compared) =>
  comparison((a, b) => {
    if (typeof a === typeof b) return compared(a, b)
    return typeof a === "boolean" || typeof b === "boolean" ? compared(truthOf(a), truthOf(b)) : compared(numberOf(a), numberOf(b))
  })

/** Nothing to pick from, or something that is no number, is no number. */
const extreme = (pick) => (...parts) => (looked) => {
  const numbers = parts.flatMap((part) => [part(looked)].flat().map((value) => numberOf(textOf(value))))
  return numbers.length ? pick(...numbers) : NaN
}

/** The first that says anything; what is no number says nothing. */
const coalesce = (one, other) => (looked) => {
  const text = textOf(one(looked))
  return text === "" || text === "NaN" ? textOf(other(looked)) : text
}

const OPERATORS = {
  or: (left, right) => (looked) => truthOf(left(looked)) || truthOf(right(looked)),
  and: (left, right) => (looked) => truthOf(left(looked)) && truthOf(right(looked)),
  "=": equality((a, b) => a === b),
  "!=": equality((a, b) => a !== b),
  "<": order((a, b) => a < b),
  "<=": order((a, b) => a <= b),
  ">": order((a, b) => a > b),
  ">=": order((a, b) => a >= b),
  "+": ofNumbers((a, b) => a + b),
  "-": ofNumbers((a, b) => a - b),
  "*": ofNumbers((a, b) => a * b),
  div: ofNumbers((a, b) => a / b),
  mod: ofNumbers((a, b) => a % b),
  negative: ofNumber((a) => -a),
  number: ofNumber((a) => a),
  round: ofNumber((a) => Math.floor(a + 0.5)),
  floor: ofNumber(Math.floor),
  ceiling: ofNumber(Math.ceil),
  not: (part) => (looked) => !truthOf(part(looked)),
  if: (condition, yes, no) => (looked) => (truthOf(condition(looked)) ? yes(looked) : no(looked)),
  coalesce,
  sum: (part) => (looked) => part(looked).reduce((sum, each) => sum + numberOf(each), 0),
  min: extreme(Math.min),
  max: extreme(Math.max),
  "count-non-empty": (part) => (looked) => part(looked).filter(Boolean).length,
  true: () => () => true,
  false: () => () => false,
}
