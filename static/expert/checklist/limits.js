// Between which numbers an answer meets the standard, or for a question that judges nothing can be true: they may follow
// from other answers (wider doors where beds are nursed).

import { compile, numberOf } from "./expression.js"

/**
 * @param {import("./work.js").Worked} worked @param {string} key of a point that is asked
 * @returns {{min: number | null, max: number | null}} null where there is none, or it is not known yet
 */
export function limits({ asked, look }, key) {
  const one = asked.find((each) => each.key === key)
  const found = { min: -Infinity, max: Infinity }
  for (const { sign, value } of one?.question.bounds || []) {
    const bound = numberOf(value(look(one, "")))
    if (sign.startsWith(">")) found.min = Math.max(found.min, bound)
    else found.max = Math.min(found.max, bound)
  }
  return { min: Number.isFinite(found.min) ? found.min : null, max: Number.isFinite(found.max) ? found.max : null }
}

/** Of a condition that is to hold, what the answer itself is compared with; made ready as conditions are. */
export function boundsOf(tree, answersTo) {
  return mustHold(tree)
    .filter(([sign, left]) => /[<>]/.test(sign) && left[0] === "here")
    .map(([sign, , right]) => ({ sign, value: compile(right, answersTo) }))
}

/** The comparisons of a condition that must all hold. */
function mustHold(tree) {
  if (!tree) return []
  return tree[0] === "and" ? [...mustHold(tree[1]), ...mustHold(tree[2])] : [tree]
}
