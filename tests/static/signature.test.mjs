import assert from "node:assert/strict"
import { test } from "node:test"
import { isSigned, pathOf } from "../../static/shared/signature.js"

test("a tap or a dash is not a name; a few strokes are", () => {
  assert.equal(isSigned([]), false)
  assert.equal(isSigned([[[0.5, 0.5]]]), false)
  assert.equal(isSigned([[[0.5, 0.5], [0.6, 0.5]]]), false)
  assert.equal(isSigned([[[0.1, 0.1], [0.3, 0.6]], [[0.5, 0.5], [0.6, 0.9]]]), true)
})

test("strokes are drawn in a box three times as wide as high, a dot as a dot", () => {
  assert.equal(pathOf([[[0, 0], [1, 1]]]), "M0.0 0.0L300.0 100.0")
  assert.equal(pathOf([[[0.5, 0.5]]]), "M150.0 50.0L150.9 50.0")
  assert.equal(pathOf([[]]), "")
})
