// What would let a survey in, as a coordinator says it, in both languages.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { useWords } from "../../static/shared/words.js"
import { sentenceOf } from "../../static/coordinator/plan/ways-in.js"

const words = (which) => JSON.parse(readFileSync(new URL(`../../static/coordinator/words.${which}.json`, import.meta.url), "utf8"))
const NONE = { officers: [], day: null, at: null, minutes: 0, days: 0, district: null, other: null }
const AFTERNOON = { starts_at: "2026-11-24T09:00:00Z", ends_at: "2026-11-24T09:20:00Z" }
const WANG_AND_LI = [{ id: 1, name: "王建国" }, { id: 2, name: "李敏" }]

const said = (which, change) => {
  useWords(words(which), which)
  return sentenceOf({ ...NONE, ...change })
}

test("overtime names the officers, the minutes and the day", () => {
  const overtime = { code: "overtime", officers: WANG_AND_LI, minutes: 20, at: AFTERNOON }
  assert.equal(said("zh", overtime), "王建国、李敏 11月24日 周二加班 20 分钟（17:00 至 17:20）")
  assert.equal(said("en", overtime), "Overtime for 王建国, 李敏: 20 minutes on Tue 24 Nov (17:00 to 17:20)")
})

test("a district is named in the reader's language", () => {
  const lent = { code: "district", officers: WANG_AND_LI.slice(1), district: { name: "未央区", name_en: "Weiyang" } }
  assert.equal(said("zh", lent), "让李敏也能去未央区")
  assert.equal(said("en", lent), "Let 李敏 work in Weiyang too")
})

test("a later deadline says by how many days", () => {
  const later = { code: "deadline", day: "2026-11-25", days: 1 }
  assert.equal(said("zh", later), "期限推后 1 天，到 11月25日 周三")
  assert.equal(said("en", later), "Put the deadline off by 1 day, to Wed 25 Nov")
})

test("every change leaves no blank unfilled", () => {
  for (const which of ["zh", "en"])
    for (const code of ["nothing", "window", "video", "overtime", "district", "desk", "car", "leave", "deadline", "give_way", "give_up"])
      assert.doesNotMatch(said(which, { code, officers: WANG_AND_LI, at: AFTERNOON, minutes: 5, district: { name: "x" }, other: { premises: "药店" } }), /[{}]|change\./)
})
