import assert from "node:assert/strict"
import test from "node:test"
import { Backoff } from "../../static/shared/backoff.js"

const noChance = () => 0

test("waiting doubles, and stops doubling at eight seconds", () => {
  const backoff = new Backoff()
  const waits = Array.from({ length: 6 }, () => backoff.next(noChance))
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000])
})

test("who was answered starts over", () => {
  const backoff = new Backoff()
  backoff.next(noChance)
  backoff.reset()
  assert.equal(backoff.next(noChance), 500)
})

test("chance adds at most a fifth", () => {
  assert.equal(
    new Backoff().next(() => 1),
    600,
  )
})
