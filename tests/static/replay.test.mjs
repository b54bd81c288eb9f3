import assert from "node:assert/strict"
import test, { mock } from "node:test"
import { expertsOf, pointedAt, Replay } from "../../static/shared/replay.js"

class FakeVideo {
  constructor() {
    Object.assign(this, { attributes: {}, currentTime: 0, hidden: false, paused: true })
  }
  set src(url) {
    this.attributes.src = url
    this.currentTime = 0
  }
  getAttribute = (name) => this.attributes[name] ?? null
  removeAttribute = (name) => delete this.attributes[name]
  play = async () => void (this.paused = false)
  pause = () => void (this.paused = true)
  load = () => {}
}

const NOON = Date.parse("2026-11-26T04:00:00Z")
let next = 1
const stretch = (side, identity, from, seconds, width = 640) => ({ id: next++, side, identity, starts_at: new Date(NOON + from * 1_000).toISOString(), seconds, width, url: `${identity}/${from}` })

function scene(stretches) {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setInterval"] })
  const applicant = [new FakeVideo(), new FakeVideo()]
  const experts = expertsOf(stretches).map(() => new FakeVideo())
  const told = []
  const replay = new Replay(stretches, { screen: applicant, beside: experts, onChange: (now) => told.push(now) })
  return { replay, applicant, experts, told, pass: () => mock.timers.tick(200) }
}

test("one file follows the other, and the next is ready before", () => {
  const { replay, applicant, told, pass } = scene([stretch("applicant", "a", 0, 8), stretch("applicant", "a", 8, 8)])
  assert.equal(replay.seconds, 16)
  replay.toggle()
  const [first, second] = applicant
  assert.deepEqual([first.attributes.src, second.attributes.src], ["a/0", "a/8"])
  first.onended()
  assert.deepEqual([first.hidden, second.hidden, second.paused], [true, false, false])
  second.currentTime = 2
  pass()
  assert.equal(told.at(-1).seconds, 10)
  second.onended()
  assert.equal(told.at(-1).playing, false)
  replay.stop()
})

test("a file that cannot be played is passed over", () => {
  const { replay, applicant } = scene([stretch("applicant", "a", 0, 8), stretch("applicant", "a", 8, 8)])
  replay.toggle()
  applicant[0].onerror()
  assert.equal(applicant[1].hidden, false)
  replay.stop()
})

test("a jump goes to a second of one file, and says when that was", () => {
  const stretches = [stretch("applicant", "a", 0, 8), stretch("applicant", "a", 60, 8)]
  const { replay, applicant, told } = scene(stretches)
  replay.jump(stretches[1].id, 3)
  assert.deepEqual([applicant[0].attributes.src, applicant[0].currentTime], ["a/60", 3])
  assert.equal(told.at(-1).seconds, 11)
  assert.equal(replay.momentAt(11), new Date(NOON + 63_000).toISOString())
  replay.seek(2)
  assert.equal(applicant[0].attributes.src, "a/0")
  replay.stop()
})

test("every officer is heard at the same moment, each in a place of its own", () => {
  const stretches = [stretch("applicant", "a", 0, 8), stretch("expert", "x", 1, 7), stretch("expert", "y", 2, 6, 0)]
  const { replay, applicant, experts, pass } = scene(stretches)
  replay.toggle()
  applicant[0].currentTime = 5
  pass()
  assert.deepEqual(experts.map((one) => [one.attributes.src, one.currentTime, one.paused, one.hidden]), [["x/1", 4, false, false], ["y/2", 3, false, true]])
  replay.stop()
})

test("where an expert pointed is seen while it was shown, and as it moved", () => {
  const at = new Date(NOON).toISOString()
  const shown = [{ kind: "pointing", at, path: [[0, 0.1, 0.2], [2, 0.3, 0.4]] }, { kind: "drawing", at, path: [] }]
  const seen = (seconds) => pointedAt(shown, new Date(NOON + seconds * 1000).toISOString())
  assert.deepEqual([seen(-1), seen(0), seen(1.9), seen(2), seen(6.9), seen(7)], [null, { x: 0.1, y: 0.2 }, { x: 0.1, y: 0.2 }, { x: 0.3, y: 0.4 }, { x: 0.3, y: 0.4 }, null])
})
