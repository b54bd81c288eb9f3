// What a coordinator reads of a script's conditions before publishing it.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { beforeEach, test } from "node:test"
import { conditionIn } from "../../static/coordinator/scripts/condition.js"
import { useWords } from "../../static/shared/words.js"

const words = (language) => JSON.parse(readFileSync(new URL(`../../static/coordinator/words.${language}.json`, import.meta.url), "utf8"))
const label = (zh, en) => ({ zh, en })
const SCRIPT = {
  points: [
    { name: "chilled", label: label("卖冷藏食品吗？", "Is chilled food sold?"), answer: { choices: [{ name: "yes", label: label("是", "Yes") }] } },
    { name: "beds", label: label("几张床？", "How many beds?"), answer: { choices: [] } },
  ],
}
const CHILLED = ["=", ["answers", "chilled"], ["text", "yes"]]

beforeEach(() => useWords(words("zh"), "zh"))

test("an answer and its option are called by what people read", () => {
  assert.equal(conditionIn(CHILLED, SCRIPT), "“卖冷藏食品吗？”是“是”")
  useWords(words("en"), "en")
  assert.equal(conditionIn(CHILLED, SCRIPT), "“Is chilled food sold?” is “Yes”")
})

test("conditions that are joined, turned round or reckoned can be read, too", () => {
  assert.equal(conditionIn(["and", ["not", CHILLED], [">=", ["answers", "beds"], ["number", 2]]], SCRIPT), "不是（“卖冷藏食品吗？”是“是”），且“几张床？” ≥ 2")
  assert.equal(conditionIn([">=", ["here"], ["*", ["number", 6], ["answers", "beds"]]], SCRIPT), "读数 ≥ 6 × “几张床？”")
  assert.equal(conditionIn(["!=", ["answers", "gone"], ["text", "x"]], SCRIPT), "“gone”不是“x”")
})
