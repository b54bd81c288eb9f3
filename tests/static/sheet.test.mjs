import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { frozenChanged } from "../../static/expert/frozen.js"
import { cameraChanged } from "../../static/expert/lens.js"
import { addPiece, answered, answerOf, current, failure, fetchAgain, goToLack, goToLacking, gone, open, pending, remaining, score, sheet, suggested, take } from "../../static/expert/sheet.js"
import { opener } from "../../static/expert/signed-in.js"

const CHOICES = [["pass", "met"], ["fail", "unmet"]].map(([name, mark]) => ({ name, mark }))
const point = (name, photos) => ({ name, repeat: "", label: { zh: name, en: name }, severity: "general", answer: { kind: "pass_fail_na", choices: CHOICES }, photos, photos_when_unmet: 1, relevant: null, accepted: null, passes: null })
/** Sinks and bins want a photo each, the menu wants none. */
const SCRIPT = { sha256: "sheet", rectify_up_to_percent: 30, groups: [], repeats: [], points: [point("sinks", 1), point("menu", 0), point("bins", 1)] }
const lack = (name, lacks, photos_missing = 0) => ({ point: name, lacks, photos_missing })
const NEW = { version: 1, script: SCRIPT, answers: {}, evidence: [], asked: ["sinks", "menu", "bins"], suggested: "incomplete", score: 100, remaining: [lack("sinks", ["answer", "photos"], 1), lack("menu", ["answer"]), lack("bins", ["answer", "photos"], 1)] }

let survey = 0
let faults = []
console.error = (fault) => faults.push(fault)
beforeEach(() => {
  faults = []
  pending.value = {}
  current.value = ""
  take({ ...NEW, id: ++survey }) // another survey each time
})

test("what is missing is gone through from the point in hand and round again, photos first", () => {
  const way = [goToLack, goToLack, goToLack].map((go) => (go(), current.value))
  assert.deepEqual(way, ["bins", "sinks", "bins"])
  goToLacking("answer")
  assert.equal(current.value, "sinks")
  goToLacking("answer")
  assert.equal(current.value, "menu")
  goToLacking("note") // nothing lacks one
  assert.equal(current.value, "menu")
})

test("an answer shows what follows from it before the server has heard it", () => {
  pending.value = { menu: { value: "fail", note: "", refused: "" } }
  assert.equal(answerOf("menu").mark, "unmet")
  assert.deepEqual(remaining.value[1], lack("menu", ["note", "photos"], 1))
  assert.equal(score.value, 0)
  assert.equal(answered.value, 1)
})

test("an answer that cannot be changes nothing but what is written there", () => {
  pending.value = { menu: { value: "maybe", note: "", refused: "unknown_choice" } }
  assert.deepEqual([answerOf("menu").value, answerOf("menu").mark, answered.value], ["maybe", null, 0])
  assert.deepEqual(remaining.value, NEW.remaining)
})

test("where the server comes to something else its word is shown, and somebody is told", () => {
  assert.deepEqual(faults, [])
  take({ ...NEW, id: survey, version: 2, suggested: "pass", score: 12.5, remaining: [] })
  assert.deepEqual([suggested.value, score.value, remaining.value], ["pass", 12.5, []])
  assert.equal(faults.length, 1)
  take({ ...NEW, id: survey, version: 3 })
  assert.deepEqual([suggested.value, score.value, remaining.value.length, faults.length], ["incomplete", 100, 3, 1])
})

test("a sheet that was asked for before does not undo what was heard since", async () => {
  const questions = []
  globalThis.fetch = () => new Promise((answer) => questions.push((body) => answer({ ok: true, text: async () => JSON.stringify(body) })))
  const session = { id: 1, camera: { torch: false }, frozen: null }
  const before = { ...NEW, id: ++survey, session }
  const opened = open(before.id)
  questions.pop()(before)
  await opened

  const asked = fetchAgain()
  cameraChanged({ session: 1, camera: { torch: true } })
  frozenChanged({ session: 1, frozen: { id: 7, strokes: [] } })
  addPiece(before.id, { id: 3, point: "menu" })
  const known = () => [sheet.value.session.camera.torch, sheet.value.session.frozen?.id, sheet.value.evidence.length]
  questions.pop()(before)
  await new Promise((resolve) => setTimeout(resolve))
  assert.deepEqual(known(), [true, 7, 1])
  questions.pop()({ ...before, evidence: sheet.value.evidence, session: sheet.value.session })
  await asked
  assert.deepEqual(known(), [true, 7, 1])
})

test("the survey that was opened last is shown, and nobody waits for the one before", async () => {
  const questions = new Map()
  globalThis.fetch = (path) => new Promise((answer) => questions.set(path, (body) => answer({ ok: true, text: async () => JSON.stringify(body) })))
  const all = [open(1001), open(1002)]
  questions.get("/api/v1/surveys/1002")({ ...NEW, id: 1002 })
  await all[1]
  assert.equal(sheet.value.id, 1002)
  questions.get("/api/v1/surveys/1001")({ ...NEW, id: 1001 })
  await all[0]
  assert.equal(sheet.value.id, 1002)
})

test("a sheet that others carry out by now is gone; one that is asked for in vain is not shown as if it were", async () => {
  const told = { status: 200, body: { ...NEW, id: survey } }
  const mine = { status: 200, body: { account: opener.value } }
  globalThis.fetch = async (path) => {
    const { status, body } = path.endsWith("/me") ? mine : told
    return { ok: status === 200, status, text: async () => JSON.stringify(body) }
  }
  await open(survey)
  assert.equal(gone.value, false)

  Object.assign(told, { status: 404, body: { code: "not_found", title: "没有找到" } })
  await fetchAgain()
  assert.equal(gone.value, true)
  assert.equal(sheet.value.id, survey)

  await open(survey)
  assert.deepEqual([gone.value, sheet.value, failure.value.code], [false, null, "not_found"])
})

test("a sheet that is hidden from whoever else signed in here is not gone", async ({ mock }) => {
  const another = { sign_in_name: "zhaolei", name: "赵磊" }
  opener.value = { sign_in_name: "limin", name: "李敏" }
  const answers = { sheet: [{ ...NEW, id: survey }, null, { ...NEW, id: survey }], me: [another, opener.value] }
  globalThis.fetch = async (path) => {
    const body = path.endsWith("/me") ? { account: answers.me.shift() } : answers.sheet.shift()
    return { ok: body !== null, status: body ? 200 : 404, text: async () => JSON.stringify(body || { code: "not_found" }) }
  }
  await open(survey)

  mock.timers.enable({ apis: ["setTimeout"] })

  const asked = fetchAgain()
  for (let turn = 0; turn < 50; turn++) await null // until it waits
  assert.equal(answers.me.length, 1)
  mock.timers.tick(3_000)
  await asked

  assert.deepEqual([gone.value, sheet.value.id, answers.sheet.length], [false, survey, 0])
})
