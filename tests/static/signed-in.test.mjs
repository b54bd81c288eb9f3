// A sign-in that ends in the middle of a survey loses nothing.

import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { put, unsent } from "../../static/expert/outbox.js"
import { iAm, signedInAgain, signedOut } from "../../static/expert/signed-in.js"

let server
const problem = (status, code) => ({ status, body: { code, title: code } })
const me = (name) => ({ status: 200, body: { csrf: "token", account: { sign_in_name: name } } })
globalThis.fetch = async (path, { method }) => {
  const { status, body } = server(path, method)
  return { ok: status === 200, status, text: async () => JSON.stringify(body) }
}
beforeEach(() => {
  iAm({ sign_in_name: "limin" })
  signedOut.value = false
})

test("what was written is sent once the same person is signed in again, and not refused", async () => {
  let heard = 0
  server = (path) => (path.endsWith("/me") ? me("limin") : heard++ ? { status: 200, body: { kept: true } } : problem(401, "not_signed_in"))
  const told = []
  const { post } = await import("../../static/shared/api.js")
  await put((key) => post("/surveys/7/answers", {}, { key }), { done: (answer) => told.push(answer), refused: (refusal) => told.push(refusal) })
  assert.deepEqual([told, heard, unsent.value, signedOut.value], [[{ kept: true }], 2, 0, false])
})

test("nothing goes under another's name: the page waits for whoever opened it", async () => {
  const answers = [problem(401, "not_signed_in"), me("zhaolei"), me("limin")]
  server = () => answers.shift()
  const seen = []
  await signedInAgain({ pause: async () => seen.push(signedOut.value) })
  assert.deepEqual([seen, signedOut.value, answers.length], [[true, true], false, 0])
})

test("a page whose token stays wrong is told so, and does not ask for ever", async () => {
  server = (path) => (path.endsWith("/me") ? me("limin") : problem(403, "bad_csrf"))
  const told = []
  const { post } = await import("../../static/shared/api.js")
  await put((key) => post("/surveys/7/answers", {}, { key }), { done: () => {}, refused: (refusal) => told.push(refusal.code) })
  assert.deepEqual(told, ["bad_csrf"])
})
