// A condition in words: 「是否销售冷藏食品？」是「是」. Trees: inspection/checklist/expression.py.

import { inWords, say } from "../../shared/words.js"

const SIGNS = { "<": "<", "<=": "≤", ">": ">", ">=": "≥", "+": "+", "-": "−", "*": "×", div: "÷" }

/** @param {any[]} tree @param {object} script @returns {string} */
export function conditionIn(tree, script) {
  const [operator, ...sides] = tree
  const said = (side) => conditionIn(side, script)
  switch (operator) {
    case "text":
      return quoted(sides[0])
    case "number":
      return Array.isArray(sides[0]) ? said(sides[0]) : String(sides[0])
    case "here":
      return say("scripts.this_answer")
    case "answers":
      return quoted(inWords(pointOf(sides[0], script)?.label) || sides[0])
    case "and":
    case "or":
      return say(`scripts.${operator}`, { one: said(sides[0]), other: said(sides[1]) })
    case "not":
      return say("scripts.not", { what: said(sides[0]) })
    case "=":
    case "!=":
      return say(operator === "=" ? "scripts.is" : "scripts.is_not", { one: said(sides[0]), other: choiceOf(sides, script) || said(sides[1]) })
  }
  if (SIGNS[operator]) return `${said(sides[0])} ${SIGNS[operator]} ${said(sides[1])}`
  return `${operator}(${sides.map(said).join(say("comma"))})`
}

/** What the option is called that an answer is compared with. */
function choiceOf([answers, text], script) {
  if (answers[0] !== "answers" || text[0] !== "text") return ""
  const choice = pointOf(answers[1], script)?.answer.choices.find(({ name }) => name === text[1])
  return choice ? quoted(inWords(choice.label)) : ""
}

const pointOf = (name, script) => script.points.find((point) => point.name === name)
const quoted = (words) => say("scripts.quoted", { words })
