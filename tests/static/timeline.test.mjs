// Where things lie on the plan board, and where the arrow keys lead.

import assert from "node:assert/strict"
import { test } from "node:test"
import { useWords } from "../../static/shared/words.js"
import { inCrews, isJoint, layOut, lettersOf, neighbour, officeHours, stopsOf, worked } from "../../static/coordinator/plan/timeline.js"

useWords({}, "zh")

const DAYS = ["2026-11-25", "2026-11-26"]
const at = (day, time) => `${day}T${time}:00+08:00`
const officer = (id, days = DAYS) => ({ id, name: `officer ${id}`, shifts: days.map((day) => ({ day, begins: 540, ends: 1020 })), absences: [] })
const visit = (id, premises = `shop ${id}`) => ({ id, premises, longitude: 108.9, latitude: 34.3, starts_at: at(DAYS[0], "09:30"), ends_at: at(DAYS[0], "10:00") })
const trip = (id, lead, second, from = at(DAYS[0], "09:00"), to = at(DAYS[0], "13:00"), visits = [visit(id)]) => ({ id, mode: "on_site", lead: { id: lead }, second: { id: second }, leaves_at: from, back_at: to, visits })
const call = (id, lead, from, to) => ({ id, mode: "video", lead: { id: lead }, second: null, leaves_at: from, back_at: to, visits: [visit(id)] })

test("a day is drawn from the first shift to the last, in whole hours, and wider for a round that ends late", () => {
  assert.deepEqual(officeHours([officer(1)], []), { begins: 540, ends: 1020 })
  assert.deepEqual(officeHours([officer(1)], [trip(1, 1, 2, at(DAYS[0], "08:40"), at(DAYS[0], "17:20"))]), { begins: 480, ends: 1080 })
})

test("days on which nobody works are not drawn, unless that leaves none", () => {
  assert.deepEqual(worked(["2026-11-27", "2026-11-28"], [officer(1, ["2026-11-27"])], []), ["2026-11-27"])
  assert.deepEqual(worked(["2026-11-28"], [officer(1, [])], []), ["2026-11-28"])
})

test("trips are lettered in the order of leaving, without I and O, and go on after Z", () => {
  const trips = Array.from({ length: 25 }, (_, n) => trip(100 - n, 1, 2, at(DAYS[0], `09:${String(n + 10)}`)))
  const letters = lettersOf([...trips, call(1, 1, at(DAYS[0], "09:00"), at(DAYS[0], "09:30"))])
  assert.equal(letters.get(100), "A")
  assert.equal([...letters.values()].includes("I"), false)
  assert.equal(letters.get(76), "A2")
  assert.equal(letters.has(1), false)
})

test("officers who go together stand next to each other, and nobody is lost", () => {
  const experts = [1, 2, 3, 4, 5].map((id) => officer(id))
  const order = inCrews(experts, [trip(1, 1, 4), trip(2, 4, 1), trip(3, 2, 5), trip(4, 4, 2)]).map((expert) => expert.id)
  const apart = (one, other) => Math.abs(order.indexOf(one) - order.indexOf(other))
  assert.equal(apart(1, 4), 1)
  assert.equal(apart(2, 5), 1)
  assert.equal(apart(4, 2), 1)
  assert.deepEqual([...order].sort(), [1, 2, 3, 4, 5])
})

test("without trips the officers stay as they came", () => {
  assert.deepEqual(inCrews([officer(3), officer(1)], []).map((expert) => expert.id), [3, 1])
})

test("visits at one address one after the other are one stop", () => {
  const round = trip(1, 1, 2, undefined, undefined, [visit(1, "clinic"), visit(2, "clinic"), visit(3, "shop")])
  assert.deepEqual(stopsOf(round).map((stop) => stop.length), [2, 1])
  assert.equal(isJoint(round), true)
  assert.equal(isJoint(trip(2, 1, 2)), false)
})

test("a trip of neighbours is one block over two rows; of others, one block in each row with the same letter", () => {
  const experts = [officer(1), officer(2), officer(3)]
  const { trips } = layOut({ days: DAYS, experts, rounds: [trip(1, 1, 2), trip(2, 1, 3, at(DAYS[1], "14:00"), at(DAYS[1], "16:00"))] })
  assert.deepEqual(trips.map(({ letter, row, span }) => [letter, row, span]), [["A", 0, 2], ["B", 0, 1], ["B", 2, 1]])
  assert.equal(trips[0].left, 0)
  assert.equal(trips[0].width, 0.25) // half of the first of two days
})

test("videos of one officer and half-day are one target, their pills placed within it", () => {
  const rounds = [call(2, 1, at(DAYS[0], "11:00"), at(DAYS[0], "11:30")), call(1, 1, at(DAYS[0], "09:00"), at(DAYS[0], "09:30")), call(3, 1, at(DAYS[0], "14:00"), at(DAYS[0], "14:30"))]
  const { videos } = layOut({ days: DAYS, experts: [officer(1)], rounds })
  assert.deepEqual(videos.map((group) => group.pills.map((pill) => pill.id)), [[1, 2], [3]])
  assert.equal(videos[0].pills[0].left, 0)
  assert.ok(Math.abs(videos[0].pills[1].left - 0.5) < 1e-9)
})

test("leave over two days is drawn on each, days without a shift are off, what is over is past", () => {
  const away = { ...officer(1, [DAYS[0]]), absences: [{ kind: "leave", starts_at: at(DAYS[0], "13:00"), ends_at: at(DAYS[1], "18:00") }] }
  const drawn = layOut({ days: DAYS, experts: [away], rounds: [], now: at(DAYS[0], "13:00") })
  assert.deepEqual(drawn.away.map(({ left, width }) => [left, width]), [[0.25, 0.25], [0.5, 0.5]])
  assert.deepEqual(drawn.off.map(({ left }) => left), [0.5])
  assert.equal(drawn.past, 0.25)
})

test("arrow keys lead along the row and to the nearest time in the next row, and stay at the edge", () => {
  const block = (key, row, left, span = 1) => ({ key, row, span, left, width: 0.1 })
  const blocks = [block("a", 0, 0, 2), block("b", 0, 0.5), block("c", 2, 0.4), block("d", 2, 0.05)]
  const from = (key) => blocks.find((each) => each.key === key)
  assert.equal(neighbour(blocks, from("a"), "ArrowRight").key, "b")
  assert.equal(neighbour(blocks, from("b"), "ArrowLeft").key, "a")
  assert.equal(neighbour(blocks, from("a"), "ArrowDown").key, "d")
  assert.equal(neighbour(blocks, from("c"), "ArrowUp").key, "a")
  assert.equal(neighbour(blocks, from("b"), "ArrowUp").key, "b")
})
