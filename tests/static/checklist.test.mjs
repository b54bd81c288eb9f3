import assert from "node:assert/strict"
import test from "node:test"
import { holds } from "../../static/expert/checklist/expression.js"
import { limits } from "../../static/expert/checklist/limits.js"
import { refusal, work } from "../../static/expert/checklist/work.js"

const both = (zh, en) => ({ zh, en })
const PASS_FAIL = [["pass", "met"], ["fail", "unmet"], ["na", "not_applicable"]].map(([name, mark]) => ({ name, mark }))
const yes = (name) => ["=", ["answers", name], ["text", "yes"]]

const point = (name, more = {}) => ({ name, group: "", repeat: "", label: both(`${name} 中`, name), severity: "general", answer: { kind: "pass_fail_na", whole: false, choices: PASS_FAIL }, photos: 1, photos_when_unmet: 1, relevant: null, accepted: null, passes: null, ...more })
const number = (name, more = {}) => point(name, { answer: { kind: "number", whole: false, choices: [] }, ...more })
const opening = (name, more = {}) => point(name, { severity: null, photos: 0, photos_when_unmet: 0, ...more })

/** A kitchen: is anything chilled, how many fridges, each one's temperature and its seal if it is warm, and the bins. */
const KITCHEN = {
  key: "food/kitchen",
  sha256: "kitchen",
  rectify_up_to_percent: 50,
  repeats: [{ name: "fridge", label: both("冷藏设备", "Fridge"), count: "fridges" }],
  points: [
    opening("chills", { answer: { kind: "choice", choices: [{ name: "yes", mark: null }, { name: "no", mark: null }] } }),
    opening("fridges", { answer: { kind: "number", whole: true, choices: [] }, relevant: yes("chills"), accepted: ["and", [">=", ["here"], ["number", 0]], ["<=", ["here"], ["number", 5]]] }),
    number("temperature", { repeat: "fridge", severity: "key", accepted: ["<=", ["here"], ["number", 60]], passes: ["and", [">=", ["here"], ["number", 0]], ["<=", ["here"], ["number", 8]]] }),
    point("seal", { repeat: "fridge", relevant: [">", ["answers", "temperature"], ["number", 4]] }),
    number("shelves", { photos: 0, passes: [">=", ["here"], ["*", ["number", 2], ["coalesce", ["answers", "fridges"], ["number", 0]]]] }),
    point("bins"),
  ],
}
const given = (values, note = "") => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, note }]))
const keys = (state) => state.asked.map(({ key }) => key)

test("fridges are asked about one by one, once it is known how many there are", () => {
  assert.deepEqual(keys(work(KITCHEN, {}, {})), ["chills", "shelves", "bins"])
  const state = work(KITCHEN, given({ chills: "yes", fridges: "2", "temperature[1]": "6" }), {})
  assert.deepEqual(keys(state), ["chills", "fridges", "temperature[1]", "seal[1]", "temperature[2]", "shelves", "bins"])
  assert.deepEqual(state.asked[4].label, both("temperature 中（冷藏设备 2）", "temperature (Fridge 2)"))
})

test("an answer to what is not asked any more counts for nothing", () => {
  const state = work(KITCHEN, given({ chills: "no", fridges: "2", "temperature[1]": "60", shelves: "0", bins: "pass" }), { bins: 1 })
  assert.deepEqual(keys(state), ["chills", "shelves", "bins"])
  assert.equal(state.suggested, "pass")
})

test("one fridge that is too warm fails the kitchen, whatever is still open", () => {
  const state = work(KITCHEN, given({ chills: "yes", fridges: "2", "temperature[2]": "12" }), {})
  assert.equal(state.marks.get("temperature[2]"), "unmet")
  assert.equal(state.suggested, "fail")
})

test("general failures are put right up to the share the script allows, and the score says how many are met", () => {
  const answers = { chills: "no", shelves: "0" }
  assert.deepEqual(pick(work(KITCHEN, given({ ...answers, bins: "fail" }), {})), ["rectify", 50])
  const strict = { ...KITCHEN, rectify_up_to_percent: 49 }
  assert.deepEqual(pick(work(strict, given({ ...answers, bins: "fail" }), {})), ["fail", 50])
  assert.deepEqual(pick(work(KITCHEN, given({ ...answers, bins: "na" }), {})), ["pass", 100])
})
const pick = ({ suggested, score }) => [suggested, score]

test("a failure lacks its reason and one photo, a point that does not apply its reason alone", () => {
  const lacking = (value, note) => work(KITCHEN, given({ bins: value }, note), {}).remaining.find(({ point }) => point === "bins")
  assert.deepEqual(lacking("fail", " "), { point: "bins", lacks: ["note", "photos"], photos_missing: 1 })
  assert.deepEqual(lacking("na", ""), { point: "bins", lacks: ["note"], photos_missing: 0 })
  assert.equal(lacking("na", "没有"), undefined)
})

test("what cannot be the answer is told apart", () => {
  const answers = given({ chills: "yes", fridges: "1" })
  const refused = (key, value) => refusal(work(KITCHEN, answers, {}), key, value)
  assert.equal(refused("temperature[1]", "12"), "") // too warm, but true
  assert.equal(refused("temperature[1]", "61"), "out_of_range")
  assert.equal(refused("temperature[1]", "1e1"), "not_a_number")
  assert.equal(refused("temperature[2]", "4"), "not_asked")
  assert.equal(refused("fridges", "1.5"), "not_whole")
  assert.equal(refused("fridges", "99999999"), "out_of_range")
  assert.equal(refused("bins", "maybe"), "unknown_choice")
})

const limitsOf = (script, answers, key) => limits(work(script, answers, {}), key)

test("limits follow from other answers, and are left open until those are known", () => {
  assert.deepEqual(limitsOf(KITCHEN, given({ chills: "yes", fridges: "3" }), "shelves"), { min: 6, max: null })
  const unguarded = { ...KITCHEN, sha256: "unguarded", points: [...KITCHEN.points.slice(0, 4), number("racks", { passes: [">=", ["here"], ["answers", "fridges"]] })] }
  assert.deepEqual(limitsOf(unguarded, {}, "racks"), { min: null, max: null })
  assert.deepEqual(limitsOf(KITCHEN, given({ chills: "yes", fridges: "1" }), "temperature[1]"), { min: 0, max: 8 })
  assert.deepEqual(limitsOf(KITCHEN, given({ chills: "yes" }), "fridges"), { min: 0, max: 5 })
})

test("a reading that can no longer be is asked for again", () => {
  const bulbs = number("bulbs", { photos: 0, accepted: ["<=", ["here"], ["*", ["number", 2], ["answers", "fridges"]]], passes: [">=", ["here"], ["number", 1]] })
  const script = { ...KITCHEN, sha256: "bulbs", points: [...KITCHEN.points.slice(0, 2), bulbs] }
  const state = (fridges) => work(script, given({ chills: "yes", fridges, bulbs: "4" }), {})
  assert.deepEqual(state("2").remaining, [])
  assert.deepEqual(state("1").remaining, [{ point: "bulbs", lacks: ["answer"], photos_missing: 0 }])
  assert.equal(state("1").suggested, "incomplete")
})

test("a later version of a script is worked by its own conditions", () => {
  const answers = given({ chills: "no", bins: "pass" })
  const later = { ...KITCHEN, sha256: "later", points: KITCHEN.points.map((each) => (each.name === "fridges" ? { ...each, relevant: null } : each)) }
  assert.equal(keys(work(KITCHEN, answers, {})).includes("fridges"), false)
  assert.equal(keys(work(later, answers, {})).includes("fridges"), true)
  assert.equal(keys(work(KITCHEN, answers, {})).includes("fridges"), false)
})

/** A condition over one answer, answers about each of several, and none. */
const condition = (tree, { one = "", each = [] } = {}) => holds(tree, (name) => () => ({ one: [one], each, none: [] })[name])({ here: one })
const [one, each, none] = ["one", "each", "none"].map((name) => ["answers", name])
const is = (sign, left, right) => [sign, left, right]

test("numbers are compared as numbers, whatever they look like", () => {
  assert.equal(condition(is("=", one, ["number", 7]), { one: " 007 " }), true)
  assert.equal(condition(is("=", one, ["text", "7"]), { one: "007" }), false)
  for (const text of ["", "1e1", "+7", "0x7", "7,0", "７"]) assert.equal(condition(is("<", one, ["number", 99]), { one: text }), false, text)
})

test("what is not answered is neither more nor less, but it is not the same", () => {
  for (const sign of ["<", "<=", ">", ">=", "="]) assert.equal(condition(is(sign, one, ["number", 0])), false, sign)
  assert.equal(condition(is("!=", one, ["number", 0])), true)
})

test("of several, one that fits is enough, and of none, none fits", () => {
  assert.equal(condition(is(">", each, ["number", 8]), { each: ["2", "", "9"] }), true)
  assert.equal(condition(["not", is(">", each, ["number", 8])], { each: ["2", "", "8"] }), true)
  assert.equal(condition(is("!=", each, ["text", "pass"]), { each: ["pass", "fail"] }), true)
  assert.equal(condition(is("!=", none, ["text", "pass"])), false)
})

test("several are added up, counted and picked from", () => {
  const all = { each: ["2", "5", "3"] }
  assert.equal(condition(is("=", ["sum", each], ["number", 10]), all), true)
  assert.equal(condition(is("=", ["max", each, ["number", 4]], ["number", 5]), all), true)
  assert.equal(condition(is("=", ["min", each], ["number", 2]), all), true)
  assert.equal(condition(is("=", ["count-non-empty", each], ["number", 1]), { each: ["", "5"] }), true)
  assert.equal(condition(is("=", ["sum", none], ["number", 0])), true)
  assert.equal(condition(is(">", ["max", none], ["number", 0])), false)
})

test("reckoning follows XPath where it surprises", () => {
  const comes = (tree, value) => assert.equal(condition(is("=", tree, ["number", value])), true, JSON.stringify(tree))
  comes(["round", ["number", -2.5]], -2)
  comes(["mod", ["number", -7], ["number", 2]], -1)
  comes(["div", ["number", 7], ["number", 2]], 3.5)
  comes(["number", ["text", " 4 "]], 4)
  comes(["coalesce", ["number", ["text", "x"]], ["number", 3]], 3)
  comes(["if", ["number", ["text", "x"]], ["number", 1], ["number", 2]], 2)
  assert.throws(() => condition(["document", ["text", "x"]]), /no document/)
})

test("15,000 questions are worked out in a moment", () => {
  const points = Array.from({ length: 300 }, (_, n) => [number(`q${n}`, { repeat: "fridge", accepted: ["<=", ["here"], ["number", 60]], passes: ["<=", ["here"], ["number", 8]] }), point(`q${n}`, { repeat: "fridge", relevant: ["=", ["answers", "q0"], ["text", "4"]] }), point(`q${n}`, { repeat: "fridge" })][n % 3])
  const script = { ...KITCHEN, sha256: "large", points: [opening("fridges", { answer: { kind: "number", whole: true, choices: [] } }), ...points] }
  const answers = given({ fridges: "50", ...Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`q0[${n + 1}]`, "4"])) })
  const times = Array.from({ length: 15 }, () => {
    const begun = performance.now()
    assert.equal(work(script, answers, {}).asked.length, 15_001)
    return performance.now() - begun
  })
  assert.ok(times.sort((a, b) => a - b)[7] < 200, `${times[7]} ms`) // what it really takes stands in docs/benchmarks.md
})
