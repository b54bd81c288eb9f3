import assert from "node:assert/strict"
import { test } from "node:test"
import { frameOf, isOf, moved, placeAt, shownAt, stepOf } from "../../static/shared/place.js"

const DESK = { width: 800, height: 600 }
const PHONE = { width: 390, height: 844 }
const PICTURES = [
  { width: 1280, height: 720 },
  { width: 720, height: 1280 },
  { width: 640, height: 480 },
  { width: 853, height: 480 }, // a rung of the ladder: not quite the same shape
]

test("a picture fitted into its box is seen whole, and in its middle", () => {
  assert.deepEqual(frameOf(DESK, { width: 1280, height: 720 }, "contain"), { left: 0, top: 75, width: 800, height: 450 })
})

test("a picture that fills its box is cut at the sides it has too much of", () => {
  const frame = frameOf(PHONE, { width: 720, height: 1280 }, "cover")
  assert.equal(frame.height, 844)
  assert.ok(frame.left < 0 && frame.left + frame.width > 390)
})

for (const picture of PICTURES)
  test(`where the expert points lies at the same place of ${picture.width} × ${picture.height} on every screen`, () => {
    const desk = frameOf(DESK, picture, "contain")
    for (const corner of [{ x: 0, y: 0 }, { x: 1, y: 1 }, { x: 0.37, y: 0.81 }]) {
      const place = placeAt(shownAt(corner, desk), desk)
      for (const fit of ["contain", "cover"]) {
        const phone = frameOf(PHONE, picture, fit)
        const back = placeAt(shownAt(place, phone), phone)
        assert.ok(Math.abs(back.x - corner.x) < 1e-9 && Math.abs(back.y - corner.y) < 1e-9)
      }
    }
  })

test("beside the picture there is no place, and without a picture no frame", () => {
  const frame = frameOf(DESK, { width: 1280, height: 720 }, "contain")
  assert.equal(placeAt({ left: 400, top: 10 }, frame), null)
  assert.equal(frameOf(DESK, { width: 0, height: 0 }, "contain"), null)
})

test("a picture that was turned since is not the one that was pointed at; a smaller one is", () => {
  assert.ok(isOf(16 / 9, { width: 640, height: 360 }))
  assert.ok(isOf(16 / 9, { width: 853, height: 480 }))
  assert.ok(!isOf(16 / 9, { width: 720, height: 1280 }))
  assert.ok(!isOf(16 / 9, { width: 640, height: 480 }))
  assert.ok(!isOf(16 / 9, { width: 0, height: 0 }))
})

test("an arrow key goes a little way, with Shift further, and never out of the picture", () => {
  assert.deepEqual(stepOf({ key: "ArrowLeft", shiftKey: false }), [-0.02, 0])
  assert.deepEqual(stepOf({ key: "ArrowDown", shiftKey: true }), [0, 0.1])
  assert.equal(stepOf({ key: "Enter" }), null)
  assert.deepEqual(moved({ x: 0.01, y: 0.99 }, -0.02, 0.1), { x: 0, y: 1 })
})
