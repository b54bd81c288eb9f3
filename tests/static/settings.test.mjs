// What the settings show is what the applicant's page says.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import test from "node:test"
import { wordsFor } from "../../static/coordinator/settings/records-calls.js"

const WORDS = JSON.parse(readFileSync(new URL("../../static/applicant/words.zh.json", import.meta.url), "utf8"))

test("the settings show what an applicant reads of each choice", () => {
  const answer = (records_calls, recordings_kept_months) => wordsFor({ records_calls, recordings_kept_months }, WORDS).answer
  assert.match(answer(false, 36), /^不录像/)
  assert.match(answer(true, null), /和案卷保存一样久/)
  assert.match(answer(true, 36), /办结后保存 36 个月/)
})
