// What officers are told of a recusal before they press anything.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { fileURLToPath } from "node:url"
import { stopped } from "../../static/expert/recused.js"
import { useWords } from "../../static/shared/words.js"

const WORDS = (language) => JSON.parse(readFileSync(fileURLToPath(new URL(`../../static/expert/words.${language}.json`, import.meta.url)), "utf8"))
const LEAD = { role: "lead", name: "李敏" }
const SECOND = { role: "second", name: "王建国" }
const sheet = (changes) => ({ recused: [], own_role: "lead", status: "under_way", unsigned: [], ...changes })

test("nothing is said where nobody is recused", () => {
  assert.equal(stopped(sheet({})), "")
})

test("whoever reads it is spoken to, others are named, and before the start nobody starts", () => {
  useWords(WORDS("zh"), "zh")
  assert.equal(stopped(sheet({ recused: [LEAD], status: "scheduled" })), "您要回避这个申请人，不能开始踏勘。请统筹员换人。")
  assert.match(stopped(sheet({ recused: [LEAD, SECOND], own_role: "second", status: "scheduled" })), /^李敏、您要回避/)
  useWords(WORDS("en"), "en")
  assert.match(stopped(sheet({ recused: [SECOND], status: "scheduled" })), /^王建国 must not judge this applicant: the survey cannot start/)
})

test("under way it stops the verdict where the signature is needed, and of a witness the signature alone", () => {
  useWords(WORDS("zh"), "zh")
  const needed = { ...SECOND, why: "recused" }
  assert.match(stopped(sheet({ recused: [SECOND], unsigned: [needed] })), /不能签字，也不能出结论/)
  assert.equal(stopped(sheet({ recused: [SECOND] })), "王建国要回避这个申请人，不能签字。")
})
