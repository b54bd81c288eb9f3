// Which days a repair is asked for, and what the board counts as broken.

import assert from "node:assert/strict"
import { test } from "node:test"
import { daysFrom } from "../../static/coordinator/adjust/desk.js"
import { momentAt } from "../../static/coordinator/adjust/moving.js"
import { brokenVisits } from "../../static/coordinator/adjust/needs.js"

test("a repair is for what is still to come, and for a week at least", () => {
  assert.deepEqual(daysFrom("2026-11-23", "2026-11-27", "2026-11-26"), { first_day: "2026-11-26", last_day: "2026-12-02" })
  assert.deepEqual(daysFrom("2026-11-30", "2026-12-04", "2026-11-26"), { first_day: "2026-11-30", last_day: "2026-12-06" })
  assert.deepEqual(daysFrom("2026-11-26", "2026-12-20", "2026-11-26"), { first_day: "2026-11-26", last_day: "2026-12-20" })
})

test("a time on the form is Beijing time", () => {
  assert.equal(new Date(momentAt("2026-11-27", "09:15")).toISOString(), "2026-11-27T01:15:00.000Z")
})

test("every visit of a broken round counts", () => {
  const rounds = [{ broken: true, visits: [1, 2] }, { broken: false, visits: [3] }]
  assert.equal(brokenVisits(rounds), 2)
})
