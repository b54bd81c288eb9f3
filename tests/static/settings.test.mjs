// What the settings show is what the applicant's page says.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import test from "node:test"
import { timesLike } from "../../static/coordinator/settings/page.js"
import { wordsFor } from "../../static/coordinator/settings/records-calls.js"
import { useWords } from "../../static/shared/words.js"

const WORDS = JSON.parse(readFileSync(new URL("../../static/applicant/words.zh.json", import.meta.url), "utf8"))

test("the settings show what an applicant reads of each choice", () => {
  const answer = (records_calls, recordings_kept_months) => wordsFor({ records_calls, recordings_kept_months }, WORDS).answer
  assert.match(answer(false, 36), /^不录像/)
  assert.match(answer(true, null), /和案卷保存一样久/)
  assert.match(answer(true, 36), /办结后保存 36 个月/)
})

test("the settings show what times a grid of starts gives", () => {
  useWords({ and: "、" }, "zh")
  assert.equal(timesLike(5), "09:00、09:05、09:10")
  assert.equal(timesLike(30), "09:00、09:30、10:00")
})
