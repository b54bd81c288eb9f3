// What a viewer of a guidance session is shown.

import assert from "node:assert/strict"
import { test } from "node:test"
import { refusedAs, screenFor, sessionIn, sorted } from "../../static/viewer/route.js"

const here = { trouble: null, able: true, entered: false }

test("the page follows the session: before, on air, and afterwards", () => {
  assert.equal(screenFor(null, here), "opening")
  assert.equal(screenFor({ status: "announced" }, here), "announced")
  assert.equal(screenFor({ status: "live" }, here), "enter")
  assert.equal(screenFor({ status: "live" }, { ...here, entered: true }), "live")
  assert.equal(screenFor({ status: "ended" }, { ...here, entered: true }), "ended")
})

test("a browser without calls is told so while it is on air, and shown the replay all the same", () => {
  const old = { ...here, able: false }
  assert.equal(screenFor({ status: "live" }, old), "unsupported")
  assert.equal(screenFor({ status: "ended" }, old), "ended")
})

test("a link that leads nowhere is said whatever was known before", () => {
  assert.equal(screenFor({ status: "live" }, { ...here, trouble: { kind: "gone" } }), "trouble")
})

test("a session that was closed is gone for whoever was in; others may have an incomplete address", () => {
  assert.deepEqual([refusedAs("not_signed_in", true), refusedAs("not_signed_in", false), refusedAs("link_invalid", false)], ["gone", "link", "gone"])
})

test("the address says which session a page shows, and nothing else", () => {
  assert.deepEqual(["?7", "", "?", "?x", "?7&8", "?12345678901"].map(sessionIn), [7, 0, 0, 0, 0, 0])
})

test("the question in hand stands apart; one's own and others' have the newest first", () => {
  const question = (id, status, mine) => ({ id, status, mine })
  const all = [question(1, "answered", false), question(2, "answering", true), question(3, "waiting", true), question(4, "waiting", false), question(5, "answered", true)]
  const { inHand, mine, others } = sorted(all)
  assert.deepEqual([inHand.id, mine.map((one) => one.id), others.map((one) => one.id)], [2, [5, 3], [4, 1]])
  assert.equal(sorted([]).inHand, null)
})
