import assert from "node:assert/strict"
import { test } from "node:test"
import { Now } from "../../static/coordinator/today/presence.js"
import { useWords } from "../../static/shared/words.js"

const minutesAgo = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString()
const LATE = { status: "scheduled", mode: "video", starts_at: minutesAgo(20) }

/** Everything a component would put on the page, as text. */
const said = (view) => JSON.stringify(view)

test("a visit is called late once it is known that nobody is there, not while that is still being asked", () => {
  useWords({ "today.late": "Late, not begun" }, "en")
  assert.doesNotMatch(said(Now({ visit: LATE, sheet: undefined, asking: true })), /Late, not begun/)
  assert.match(said(Now({ visit: LATE, sheet: { session: { applicant_present: false }, answers: {}, asked: [] }, asking: false })), /Late, not begun/)
  assert.doesNotMatch(said(Now({ visit: LATE, sheet: { session: { applicant_present: true, status: "waiting" }, answers: {}, asked: [] }, asking: false })), /Late, not begun/)
})
