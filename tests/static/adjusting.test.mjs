// Which days a repair is asked for, and what the board counts as broken.

import assert from "node:assert/strict"
import { test } from "node:test"
import { daysFrom } from "../../static/coordinator/adjust/desk.js"
import { draggable, dropStep, slotAt, wishOf } from "../../static/coordinator/adjust/dragging.js"
import { absencesOf } from "../../static/coordinator/adjust/leave.js"
import { momentAt, timesBeside, wantedStep } from "../../static/coordinator/adjust/moving.js"
import { useWords } from "../../static/shared/words.js"
import { brokenVisits } from "../../static/coordinator/adjust/needs.js"

test("a time is chosen from the quarter hours, and from the minute a crew comes at now", () => {
  const times = timesBeside("13:42")
  assert.deepEqual(times.slice(0, 2), ["07:00", "07:15"])
  assert.deepEqual(times.slice(times.indexOf("13:30"), times.indexOf("13:30") + 3), ["13:30", "13:42", "13:45"])
  assert.deepEqual(timesBeside("09:00").filter((time) => time === "09:00"), ["09:00"])
})

test("a visit is wanted at the bureau's own times, a video on the quarter hour, and nobody reads a list of minutes", () => {
  const [visit, video] = [{ mode: "on_site" }, { mode: "video" }]
  assert.deepEqual([1, 5, 10, 30].map((on_site_grid) => wantedStep(visit, { on_site_grid })), [15, 5, 10, 30])
  assert.equal(wantedStep(video, { on_site_grid: 10 }), 15)
  const times = timesBeside("09:17", 5)
  assert.deepEqual(times.slice(times.indexOf("09:10"), times.indexOf("09:10") + 4), ["09:10", "09:15", "09:17", "09:20"])
})

test("what is dropped lies on the bureau's grid: on the quarter hour where that is on it", () => {
  const visit = { mode: "on_site" }
  assert.deepEqual([1, 5, 15, 10, 30].map((on_site_grid) => dropStep(visit, { on_site_grid })), [15, 15, 15, 10, 30])
  assert.equal(dropStep({ mode: "video" }, { on_site_grid: 10 }), 15)
  assert.equal(slotAt(board, { x: 0.26, y: 0.9 }, 10).minute, 790)
})

test("a repair is for what is still to come, and for a week at least", () => {
  assert.deepEqual(daysFrom("2026-11-23", "2026-11-27", "2026-11-26"), { first_day: "2026-11-26", last_day: "2026-12-02" })
  assert.deepEqual(daysFrom("2026-11-30", "2026-12-04", "2026-11-26"), { first_day: "2026-11-30", last_day: "2026-12-06" })
  assert.deepEqual(daysFrom("2026-11-26", "2026-12-20", "2026-11-26"), { first_day: "2026-11-26", last_day: "2026-12-20" })
})

test("a time on the form is Beijing time", () => {
  assert.equal(new Date(momentAt("2026-11-27", "09:15")).toISOString(), "2026-11-27T01:15:00.000Z")
})

test("every visit that cannot be kept counts, and no other stop of its round", () => {
  const [kept, broken] = [{ broken: false }, { broken: true }]
  const rounds = [{ broken: true, visits: [broken, kept] }, { broken: true, visits: [broken] }, { broken: false, visits: [kept] }]
  assert.equal(brokenVisits(rounds), 2)
})

const board = { days: ["2026-11-30", "2026-12-01"], hours: { begins: 540, ends: 1020 }, experts: [{ id: 1, name: "李敏" }, { id: 2, name: "王建国" }] }

test("where an appointment is dropped is a day, a quarter of an hour and an officer", () => {
  assert.deepEqual(slotAt(board, { x: 0.5, y: 0.1 }), { day: "2026-12-01", minute: 540, expert: board.experts[0] })
  assert.deepEqual(slotAt(board, { x: 0.26, y: 0.9 }), { day: "2026-11-30", minute: 795, expert: board.experts[1] })
  assert.equal(slotAt(board, { x: 1.01, y: 0.5 }), null)
  assert.equal(slotAt(board, { x: 0.5, y: -0.01 }), null)
})

test("on the crew's own rows the crew stays, elsewhere that officer comes in place of who leads", () => {
  const round = { lead: { id: 1 }, second: { id: 2 } }
  assert.deepEqual(wishOf({ day: "2026-12-01", minute: 555, expert: { id: 2 } }, round), { starts_at: "2026-12-01T09:15:00+08:00", lead_id: null })
  assert.equal(wishOf({ day: "2026-12-01", minute: 555, expert: { id: 3 } }, round).lead_id, 3)
})

test("only one appointment that has not begun can be dragged", () => {
  const visit = { status: "scheduled" }
  assert.equal(draggable({ status: "published", visits: [visit] }), visit)
  assert.equal(draggable({ status: "published", visits: [visit, visit] }), null)
  assert.equal(draggable({ status: "under_way", visits: [visit] }), null)
  assert.equal(draggable({ status: "published", partial: true, visits: [visit] }), null)
})

test("leave on record is what is not over, with its last day included", () => {
  useWords({}, "en")
  const absences = [
    { id: 1, kind: "sick", starts_at: "2026-11-22T16:00:00Z", ends_at: "2026-11-23T16:00:00Z" },
    { id: 2, kind: "leave", starts_at: "2026-11-29T16:00:00Z", ends_at: "2026-12-01T16:00:00Z" },
  ]
  const known = absencesOf({ absences }, Date.parse("2026-11-26T00:00:00Z"))
  assert.deepEqual(known.map(({ id, days }) => [id, days]), [[2, "30 Nov to 1 Dec"]])
  assert.deepEqual(absencesOf(undefined), [])
})
