import assert from "node:assert/strict"
import { afterEach, test } from "node:test"
import { get, holdCsrf, newKey, NoAnswer, post, Problem, untilHeard } from "../../static/shared/api.js"

const real = globalThis.fetch
afterEach(() => (globalThis.fetch = real))

function server(...answers) {
  const asked = []
  globalThis.fetch = async (address, options) => {
    asked.push({ address, ...options })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer instanceof Error) throw answer
    const [status, body] = answer
    return new Response(status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body), { status })
  }
  return asked
}

test("a write carries the token of this session and a key of its own", async () => {
  const asked = server([200, { csrf: "second" }])
  holdCsrf("first")
  await post("/join", { token: "t" })
  await post("/applicant/consent", {}, { key: "k" })
  assert.equal(asked[0].headers["X-CSRF-Token"], "first")
  assert.match(asked[0].headers["Idempotency-Key"], /^[0-9a-f]{8}-[0-9a-f]{4}-4/)
  assert.equal(asked[1].headers["X-CSRF-Token"], "second") // learned from the answer before
  assert.equal(asked[1].headers["Idempotency-Key"], "k")
  assert.equal(asked[0].address, "/api/v1/join")
})

test("a refusal says its code and the server's words", async () => {
  server([410, { title: "链接已过期", code: "link_invalid", values: { days: 3 } }])
  await assert.rejects(get("/applicant"), (error) => error instanceof Problem && error.code === "link_invalid" && error.message === "链接已过期" && error.values.days === 3)
})

test("silence, a broken gateway and a busy server are not refusals", async () => {
  for (const answer of [new TypeError("network"), [502, "<html>bad gateway</html>"], [429, {}], [500, { code: "internal" }]]) {
    server(answer)
    await assert.rejects(get("/me"), NoAnswer)
  }
})

test("an answer is asked for with the same key until it is heard", async () => {
  const asked = server(new TypeError("network"), [503, ""], [200, { ok: true }])
  const waits = []
  const answer = await untilHeard(() => post("/surveys/7/answers", {}, { key: "same" }), { onWait: (milliseconds) => waits.push(milliseconds), pause: async () => {} })
  assert.deepEqual(answer, { ok: true })
  assert.deepEqual(asked.map((each) => each.headers["Idempotency-Key"]), ["same", "same", "same"])
  assert.equal(waits.length, 2)
  assert.ok(waits[1] > waits[0])
})

test("a refusal ends the asking", async () => {
  const asked = server([409, { code: "move_refused" }])
  await assert.rejects(untilHeard(() => post("/x"), { pause: async () => {} }), Problem)
  assert.equal(asked.length, 1)
})

test("keys do not repeat", () => {
  assert.equal(new Set(Array.from({ length: 500 }, newKey)).size, 500)
})
