import assert from "node:assert/strict"
import { test } from "node:test"
import { clock, clockOfMinutes, day, dayInWords, dayOf, daysAhead, shiftDay, weekday, when } from "../../static/shared/format.js"

const NOW = new Date("2026-11-24T02:00:00Z") // 10:00 in Beijing

test("moments are shown in Beijing time wherever the browser is", () => {
  assert.equal(clock("2026-11-24T02:05:00Z"), "10:05")
  assert.equal(clock("2026-11-23T16:00:00Z"), "00:00")
  assert.equal(dayOf("2026-11-23T16:00:00Z"), "2026-11-24")
  assert.equal(dayOf("2026-11-24T15:59:59Z"), "2026-11-24")
})

test("days and weekdays read as people write them", () => {
  assert.equal(day("2026-12-04", "zh"), "12月4日")
  assert.equal(day("2026-12-04", "en"), "4 Dec")
  assert.equal(weekday("2026-12-04", "zh"), "周五")
  assert.equal(dayInWords("2026-11-24", { now: NOW, which: "zh" }), "今天")
  assert.equal(dayInWords("2026-11-25", { now: NOW, which: "en" }), "tomorrow")
  assert.equal(dayInWords("2026-12-04", { now: NOW, which: "zh" }), "12月4日 周五")
  assert.equal(when("2026-11-24T06:00:00Z", { now: NOW, which: "zh" }), "今天下午 14:00")
})

test("days are counted on the calendar, not in hours", () => {
  assert.equal(daysAhead("2026-11-24T15:59:00Z", NOW), 0)
  assert.equal(daysAhead("2026-11-24T16:00:00Z", NOW), 1)
  assert.equal(daysAhead("2026-11-22", NOW), -2)
  assert.equal(shiftDay("2026-12-31", 1), "2027-01-01")
})

test("minutes of a day are a clock time", () => {
  assert.equal(clockOfMinutes(570), "09:30")
  assert.equal(clockOfMinutes(0), "00:00")
})
