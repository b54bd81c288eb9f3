// A sign-in that ends in the middle of a survey loses nothing.

import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { put, unsent } from "../../static/expert/outbox.js"
import { opener, signedInAgain, signedOut } from "../../static/expert/signed-in.js"
import { post } from "../../static/shared/api.js"

let server
const problem = (status, code) => ({ status, body: { code, title: code } })
const me = (name) => ({ status: 200, body: { csrf: `token of ${name}`, account: { sign_in_name: name } } })
globalThis.fetch = async (path, { method, headers }) => {
  const { status, body } = server(path, method, headers["X-CSRF-Token"])
  return { ok: status === 200, status, text: async () => JSON.stringify(body) }
}
beforeEach(() => {
  opener.value = { sign_in_name: "limin", name: "李敏" }
  signedOut.value = false
})

test("what was written is sent once the same person is signed in again, and not refused", async () => {
  let heard = 0
  server = (path) => (path.endsWith("/me") ? me("limin") : heard++ ? { status: 200, body: { kept: true } } : problem(401, "not_signed_in"))
  const told = []
  await put((key) => post("/surveys/7/answers", {}, { key }), { done: (answer) => told.push(answer), refused: (refusal) => told.push(refusal) })
  assert.deepEqual([told, heard, unsent.value, signedOut.value], [[{ kept: true }], 2, 0, false])
})

test("nothing goes under another's name: the page waits for whoever opened it, and meanwhile sends no token of anybody's", async () => {
  const answers = [problem(401, "not_signed_in"), me("zhaolei"), me("limin")]
  const tokens = []
  server = (path, method, token) => {
    if (method === "GET") return answers.shift()
    tokens.push(token)
    return problem(403, "bad_csrf")
  }
  const seen = []
  const write = () => post("/surveys/7/sign").catch(() => {})
  const waited = await signedInAgain({ pause: async () => seen.push(signedOut.value) && (await write()) })
  await write()
  assert.deepEqual([waited, seen, signedOut.value, answers.length], [true, [true, true], false, 0])
  assert.deepEqual(tokens.slice(1), ["none", "token of limin"])
})

test("whoever is still signed in waits for nothing, and a server that is silent is asked again", async () => {
  const answers = [{ status: 503, body: {} }, me("limin")]
  server = () => answers.shift()
  assert.equal(await signedInAgain({ pause: async () => {} }), false)
  assert.equal(answers.length, 0)
})

test("what somebody else's sign-in holds up twice is sent all the same", async () => {
  const answers = [problem(403, "bad_csrf"), problem(401, "not_signed_in"), problem(403, "bad_csrf"), { status: 200, body: { kept: true } }]
  server = (path) => (path.endsWith("/me") ? me("limin") : answers.shift())
  const told = []
  await put((key) => post("/surveys/7/answers", {}, { key }), { done: (answer) => told.push(answer), refused: (refusal) => told.push(refusal.code) })
  assert.deepEqual(told, [{ kept: true }])
})

test("a page whose token stays wrong is told so, and does not ask for ever", async () => {
  server = (path) => (path.endsWith("/me") ? me("limin") : problem(403, "bad_csrf"))
  const told = []
  await put((key) => post("/surveys/7/answers", {}, { key }), { done: () => {}, refused: (refusal) => told.push(refusal.code) })
  assert.deepEqual(told, ["bad_csrf"])
})
