// What the desk works out by itself: addresses, days, columns, what publishing will do, what is near.

import assert from "node:assert/strict"
import { test } from "node:test"
import { nextAfternoon } from "../../static/coordinator/guidance/announcing.js"
import { useWords } from "../../static/shared/words.js"
import { dayRange, workWeek } from "../../static/coordinator/dates.js"
import { inTree } from "../../static/coordinator/cases/filters.js"
import { remapped } from "../../static/coordinator/import/mapping.js"
import { columnsOf } from "../../static/coordinator/import/rows.js"
import { consequences } from "../../static/coordinator/plan/publishing.js"
import { account, sayHere } from "../../static/coordinator/account.js"
import { withElsewhere } from "../../static/coordinator/plan/board-of.js"
import { addressOf, placeOf } from "../../static/coordinator/route.js"
import { visitsOf } from "../../static/coordinator/today/page.js"
import { isLate } from "../../static/coordinator/today/presence.js"
import { isNear } from "../../static/coordinator/today/sheets.js"
import { pageAfter } from "../../static/sign-in/destination.js"

const NOW = Date.parse("2026-11-24T10:00:00+08:00")

test("an address leads back to the same place; an unknown one leads to the cases", () => {
  const query = { status: "received", q: "张记 & 女儿" }
  assert.deepEqual(placeOf(addressOf("cases", 12, query)), { place: "cases", id: 12, query })
  assert.deepEqual(placeOf("#/nowhere/x"), { place: "cases", id: null, query: {} })
  assert.equal(addressOf("plan", null, { new: "" }), "#/plan")
})

test("days are written as people write them, in both languages", () => {
  useWords({}, "zh")
  assert.equal(dayRange("2026-11-24", "2026-11-27"), "11月24日至27日")
  assert.equal(dayRange("2026-11-30", "2026-12-02"), "11月30日至12月2日")
  assert.equal(dayRange("2026-11-24", "2026-11-24"), "11月24日 周二")
  useWords({}, "en")
  assert.equal(dayRange("2026-11-24", "2026-11-27"), "24 to 27 Nov")
  assert.equal(dayRange("2026-11-24", "2026-11-24"), "Tue 24 Nov")
})

test("the working week of any day runs from Monday to Friday", () => {
  for (const day of ["2026-11-23", "2026-11-25", "2026-11-29"]) assert.deepEqual(workWeek(day), { first: "2026-11-23", last: "2026-11-27" })
})

test("districts stand below their parent, whatever the order they came in", () => {
  const tree = inTree([{ id: 3, parent_id: 2 }, { id: 1, parent_id: null }, { id: 2, parent_id: 1 }, { id: 9, parent_id: 77 }])
  assert.deepEqual(tree.map(({ item, depth }) => [item.id, depth]), [[1, 0], [2, 1], [3, 2], [9, 0]])
})

test("a field given to one column is taken from the column that had it", () => {
  const columns = [{ heading: "单位名称", field: "premises" }, { heading: "招牌", field: null }]
  assert.deepEqual(remapped(columns, "招牌", "premises"), { 招牌: "premises", 单位名称: null })
  assert.deepEqual(remapped(columns, "单位名称", null), { 单位名称: null })
})

test("the preview shows mapped fields and those a finding is about, in our order", () => {
  const fields = ["number", "premises", "phone", "address"].map((field) => ({ field }))
  const shown = columnsOf({ fields, columns: [{ field: "phone" }, { field: null }], rows: [{ findings: [{ field: "premises" }] }] })
  assert.deepEqual(shown.map(({ field }) => field), ["premises", "phone"])
})

test("when there are many columns, those with findings are kept and others give way", () => {
  const fields = [..."abcdefghij"].map((field) => ({ field }))
  const shown = columnsOf({ fields, columns: fields, rows: [{ findings: [{ field: "j" }, { field: "i" }] }] })
  assert.deepEqual(shown.map(({ field }) => field), [..."abcde", "i", "j"])
})

test("before publishing it is said how many are told and whose time is taken", () => {
  const round = (mode, lead, second, visits, day) => ({ mode, lead: { id: lead }, second: second && { id: second }, visits: Array(visits).fill({}), leaves_at: `2026-11-${day}T02:00:00Z` })
  const sum = consequences({ rounds: [round("on_site", 1, 2, 3, 25), round("video", 1, null, 1, 25), round("video", 3, null, 1, 26)], unplanned: [{}, {}] })
  assert.deepEqual(sum, { rounds: 3, trips: 1, video: 2, on_site: 3, told: 5, officers: 3, left: 2 })
})

test("today's list holds what was promised, in the order of the day", () => {
  const round = (status, starts_at) => ({ mode: "video", status, lead: { name: "李敏" }, second: null, visits: [{ id: starts_at, starts_at }] })
  const visits = visitsOf([round("published", "2026-11-24T06:00:00Z"), round("draft", "2026-11-24T01:00:00Z"), round("cancelled", "2026-11-24T01:30:00Z"), round("finished", "2026-11-24T02:00:00Z")])
  assert.deepEqual(visits.map((visit) => visit.id), ["2026-11-24T02:00:00Z", "2026-11-24T06:00:00Z"])
  assert.deepEqual(visits[0].officers, ["李敏"])
})

test("a visit is near when it is under way, or a call is about to begin or overdue", () => {
  const visit = (mode, status, minutes) => ({ mode, status, starts_at: new Date(NOW + minutes * 60_000).toISOString() })
  assert.equal(isNear(visit("on_site", "under_way", -200), NOW), true)
  assert.equal(isNear(visit("video", "scheduled", 10), NOW), true)
  assert.equal(isNear(visit("video", "scheduled", -30), NOW), true)
  assert.equal(isNear(visit("video", "scheduled", 60), NOW), false)
  assert.equal(isNear(visit("on_site", "scheduled", 5), NOW), false)
  assert.equal(isNear(visit("video", "concluded", 0), NOW), false)
})

test("ten minutes after its time, a visit that has not begun is late", () => {
  const visit = (status, minutes) => ({ status, starts_at: new Date(NOW - minutes * 60_000).toISOString() })
  assert.equal(isLate(visit("scheduled", 11), NOW), true)
  assert.equal(isLate(visit("scheduled", 9), NOW), false)
  assert.equal(isLate(visit("under_way", 60), NOW), false)
})

test("after signing in one goes to one's own page, and to no address from elsewhere", () => {
  assert.equal(pageAfter("expert", null), "/expert/")
  assert.equal(pageAfter("coordinator", "/coordinator/#/plan/4"), "/coordinator/#/plan/4")
  assert.equal(pageAfter("coordinator", "/expert/"), "/coordinator/")
  assert.equal(pageAfter("supervisor", "https://elsewhere.example/"), "/coordinator/")
  assert.equal(pageAfter("expert", "//elsewhere.example/expert/"), "/expert/")
})

test("time that other districts took is drawn with the officer's absences, without a reason", () => {
  const span = { starts_at: "2026-11-24T02:00:00Z", ends_at: "2026-11-24T03:00:00Z" }
  const leave = { ...span, kind: "leave" }
  assert.deepEqual(withElsewhere({ id: 1, absences: [leave], elsewhere: [span] }).absences, [leave, { ...span, kind: "elsewhere" }])
})

test("a desk says for which district it is, in the reader's language; that of the bureau does not", () => {
  useWords({ none: "无", none_here: "{district}无" }, "zh")
  account.value = { district: null, district_en: null }
  assert.equal(sayHere("none", "none_here"), "无")
  account.value = { district: "未央区", district_en: "Weiyang" }
  assert.equal(sayHere("none", "none_here"), "未央区无")
  useWords({ none: "None", none_here: "None in {district}" }, "en")
  assert.equal(sayHere("none", "none_here"), "None in Weiyang")
  account.value = null
})

test("a guidance session is proposed for the next three o'clock that is still to come", () => {
  assert.deepEqual(nextAfternoon(new Date("2026-11-27T06:00:00Z")), { day: "2026-11-27", time: "15:00" })
  assert.deepEqual(nextAfternoon(new Date("2026-11-27T15:00:00Z")), { day: "2026-11-28", time: "15:00" }) // eleven at night in Beijing
})
