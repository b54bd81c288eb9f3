import assert from "node:assert/strict"
import { test } from "node:test"
import { inView, linesOf, MOST_PLACES, thinned } from "../../static/shared/frozen.js"

const SIZE = { width: 200, height: 100 }

test("an arrow has its head where it was let go", () => {
  const [shaft, head] = linesOf({ kind: "arrow", places: [[0, 0.5], [0.5, 0.5]] }, SIZE)
  assert.deepEqual(shaft, [[0, 50], [100, 50]])
  assert.deepEqual(head[1], [100, 50])
  for (const [x] of [head[0], head[2]]) assert.ok(x < 100)
  assert.ok(Math.abs(head[0][1] + head[2][1] - 100) < 1e-9) // one above, one below
})

test("a ring goes round what lies between its corners, whichever way it was drawn", () => {
  for (const places of [[[0.1, 0.2], [0.5, 0.8]], [[0.5, 0.8], [0.1, 0.2]]]) {
    const [ring] = linesOf({ kind: "circle", places }, SIZE)
    const [xs, ys] = [0, 1].map((i) => ring.map((at) => at[i]))
    assert.deepEqual([Math.min(...xs), Math.max(...xs)].map(Math.round), [20, 100])
    assert.deepEqual([Math.min(...ys), Math.max(...ys)].map(Math.round), [20, 80])
  }
})

test("a line keeps its ends, loses places nobody can tell apart, and has no more than may be", () => {
  assert.deepEqual(thinned([[0, 0], [0.001, 0], [0.002, 0], [0.5, 0]]), [[0, 0], [0.5, 0]])
  const long = Array.from({ length: 1000 }, (_, i) => [i / 1000, (i % 2) / 2])
  const kept = thinned(long)
  assert.ok(kept.length <= MOST_PLACES)
  assert.deepEqual([kept[0], kept.at(-1)], [long[0], long.at(-1)])
})

test("the picture lies at the top of its view, and in the middle of one that its words made wider", () => {
  assert.deepEqual(inView({ width: 1280, height: 720 }, { width: 1280, height: 760 }), { left: 0, width: 1280, height: 720 })
  assert.deepEqual(inView({ width: 4000, height: 3000 }, { width: 1600, height: 1200 }), { left: 0, width: 1600, height: 1200 })
  assert.deepEqual(inView({ width: 202, height: 360 }, { width: 320, height: 420 }), { left: 59, width: 202, height: 360 })
})
