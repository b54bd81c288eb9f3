// Who did something, on the desk's pages.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { useWords } from "../../static/shared/words.js"
import { who } from "../../static/coordinator/who.js"

const WORDS = (language) => JSON.parse(readFileSync(new URL(`../../static/coordinator/words.${language}.json`, import.meta.url), "utf8"))

test("people are named, and what nobody signs in with is said in the reader's language", () => {
  useWords(WORDS("zh"), "zh")
  assert.equal(who("limin", "李敏"), "李敏")
  assert.equal(who("applicant", "applicant"), "申请人")
  assert.equal(who("administrator", "王某"), "王某")
  useWords(WORDS("en"), "en")
  assert.equal(who("system", "system"), "System")
  assert.equal(who("", ""), "")
})
