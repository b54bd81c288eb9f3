import assert from "node:assert/strict"
import test from "node:test"
import { Ladder, RUNGS, seen } from "../../static/shared/ladder.js"

const fine = { losing: 0, roundTrip: 0.05 }
const named = (ladder) => RUNGS[ladder.rung].name

/** Looks twice a second at one network; the rungs it was on. */
function watch(ladder, network, seconds, from = 0) {
  const names = []
  for (let at = from; at < from + seconds * 1_000; at += 500) {
    ladder.look({ ...fine, ...network }, at)
    names.push(named(ladder))
  }
  return names
}

test("a wide network carries a clear picture, and an unknown one is trusted", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 0 }, 10)
  assert.equal(named(ladder), "clear")
  watch(ladder, { available: 2_500_000 }, 10, 10_000)
  assert.equal(named(ladder), "clear")
})

test("each network gets the rung that it carries, at once and for good", () => {
  for (const [available, name] of [[500_000, "good"], [300_000, "fair"], [100_000, "slow"], [40_000, "sound"]]) {
    const names = watch(new Ladder(), { available }, 20)
    assert.equal(names[5], name)
    assert.deepEqual([...new Set(names)], ["clear", name])
  }
})

test("a dip of a second is not followed", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 100_000 }, 1)
  watch(ladder, { available: 2_000_000 }, 5, 1_000)
  assert.equal(named(ladder), "clear")
})

test("it climbs one rung at a time, and only with room to spare", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 100_000 }, 5)
  assert.equal(named(ladder), "slow")
  watch(ladder, { available: 170_000 }, 30, 5_000) // enough to stay, not to climb
  assert.equal(named(ladder), "slow")
  const names = watch(ladder, { available: 2_500_000 }, 20, 35_000)
  assert.deepEqual([...new Set(names)], ["slow", "fair", "good", "clear"])
})

test("heavy loss that lasts, or a very long way, counts as half the network", () => {
  for (const bad of [{ losing: 0.2 }, { roundTrip: 2 }]) {
    const ladder = new Ladder()
    watch(ladder, { available: 800_000 }, 1)
    watch(ladder, { available: 800_000, ...bad }, 7, 1_000)
    assert.equal(named(ladder), "good")
  }
})

test("on a network that has just narrowed room is left for twenty seconds, and lifted now and then to see whether it is wide again", () => {
  const ladder = new Ladder()
  assert.equal(ladder.most(2_500_000, 0), 0)
  const given = []
  for (let at = 0; at < 30_000; at += 500) {
    ladder.look({ ...fine, available: 300_000 }, at)
    given.push(ladder.most(300_000, at))
  }
  assert.equal(given.filter((most) => most === 105_000).length, 30) // of forty looks
  assert.deepEqual(given.slice(2, 2 + 8), [105_000, 105_000, 105_000, 0, 105_000, 105_000, 105_000, 0])
  assert.equal(given.at(-1), 0) // it stays narrow: every bit counts
})

test("the limit stays lifted while a browser finds more at each look, and comes back once it finds no more", () => {
  const ladder = new Ladder()
  const given = [300, 300, 300, 300, 300, 300, 600, 1_500, 1_500].map((kilobits, look) => {
    ladder.look({ ...fine, available: kilobits * 1_000 }, 500 * look)
    return ladder.most(kilobits * 1_000, 500 * look)
  })
  assert.deepEqual(given, [0, 0, 105_000, 105_000, 105_000, 0, 0, 0, 525_000])
})

test("where not half of what a rung needs goes through, it is left at the third look", () => {
  const names = watch(new Ladder(), { available: 300_000 }, 2)
  assert.deepEqual(names, ["clear", "clear", "fair", "fair"])
})

test("what only one look asks for is not gone down to", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 300_000 }, 1)
  const names = watch(ladder, { available: 90_000 }, 0.5, 1_000)
  assert.deepEqual(names, ["fair"])
})

test("while room is left less is believed later: the queue that a lift fills hides what goes through", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 300_000 }, 2)
  watch(ladder, { available: 140_000 }, 3, 2_000)
  watch(ladder, { available: 250_000 }, 2, 5_000)
  assert.equal(named(ladder), "fair")
  watch(ladder, { available: 140_000 }, 5, 7_000)
  assert.equal(named(ladder), "slow")
})

test("but sound alone is not put off for that", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 100_000 }, 2)
  assert.equal(named(ladder), "slow")
  watch(ladder, { available: 60_000 }, 2, 2_000)
  assert.equal(named(ladder), "sound")
})

test("a lift that finds much for a moment does not put off the way up", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 100_000 }, 3)
  assert.equal(named(ladder), "slow")
  for (let at = 3_000; at < 9_000; at += 1_000) {
    watch(ladder, { available: 1_000_000 }, 0.5, at)
    watch(ladder, { available: 400_000 }, 0.5, at + 500)
  }
  assert.equal(named(ladder), "fair")
})

test("a clear picture takes as much as goes through", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 400_000 }, 3)
  watch(ladder, { available: 2_500_000 }, 8, 3_000)
  assert.equal(named(ladder), "clear")
  assert.equal(ladder.most(2_500_000, 11_000), 0)
})

test("what a queue loses when the network narrows takes no picture away that it carries", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 2_500_000 }, 5)
  watch(ladder, { available: 240_000, losing: 0.5 }, 3, 5_000)
  const names = watch(ladder, { available: 240_000 }, 10, 8_000)
  assert.deepEqual([...new Set(names)], ["fair"])
})

test("from sound alone a picture is tried again after a while", () => {
  const ladder = new Ladder()
  watch(ladder, { available: 30_000 }, 5)
  assert.equal(named(ladder), "sound")
  assert.equal(ladder.hopes(10_000), false)
  assert.equal(ladder.hopes(25_000), true)
  assert.equal(named(ladder), "slow")
})

test("what arrives is told in the same words", () => {
  assert.equal(seen({ lines: 0, pictures: 0, sounds: 0 }), "")
  assert.equal(seen({ lines: 0, pictures: 0, sounds: 50 }), "sound")
  assert.equal(seen({ lines: 360, pictures: 1.1, sounds: 50 }), "slow")
  assert.equal(seen({ lines: 360, pictures: 12, sounds: 50 }), "fair")
  assert.equal(seen({ lines: 480, pictures: 20, sounds: 50 }), "good")
  assert.equal(seen({ lines: 720, pictures: 30, sounds: 50 }), "clear")
})
