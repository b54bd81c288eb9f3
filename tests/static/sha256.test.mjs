import assert from "node:assert/strict"
import { createHash, randomBytes } from "node:crypto"
import { test } from "node:test"
import { digestByHand, sha256 } from "../../static/shared/sha256.js"

const hex = (bytes) => Buffer.from(bytes).toString("hex")
const truth = (bytes) => createHash("sha256").update(bytes).digest("hex")

test("the fingerprint taken by hand equals the browser's at every length around a block", () => {
  for (let length = 0; length <= 200; length += 1) {
    const bytes = randomBytes(length)
    assert.equal(hex(digestByHand(new Uint8Array(bytes))), truth(bytes), String(length))
  }
})

test("a photo's fingerprint is the standard's, with or without a secure page", async () => {
  const photo = randomBytes(300_001)
  assert.equal(await sha256(new Blob([photo])), truth(photo))
  assert.equal(hex(digestByHand(new Uint8Array(photo))), truth(photo))
})
