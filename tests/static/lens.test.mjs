import assert from "node:assert/strict"
import { test } from "node:test"
import { able, set } from "../../static/applicant/lens.js"
import { zoomAfter } from "../../static/expert/lens.js"
import { takeStill } from "../../static/shared/still.js"

/** A camera that does what it can, and leaves the rest out without a word, as browsers do. */
class Track {
  readyState = "live"
  settings = { width: 1280, height: 720 }
  asked = []
  constructor(can = {}, refuses = () => false) {
    Object.assign(this, { can, refuses })
    if (can.torch) this.settings.torch = false
    if (can.zoom) this.settings.zoom = can.zoom.min
  }
  getCapabilities = () => this.can
  getSettings = () => ({ ...this.settings })
  async applyConstraints({ advanced: [wish] = [{}], width, height }) {
    this.asked.push({ ...wish, ...(width ? { width: width.ideal, height: height.ideal } : {}) })
    if (this.refuses(wish, width)) throw new DOMException("no", "NotSupportedError")
    if (width) Object.assign(this.settings, { width: width.ideal, height: height.ideal })
    if (this.can.torch) this.settings.torch = wish.torch ?? false
    if (this.can.zoom) this.settings.zoom = wish.zoom ?? this.can.zoom.min
  }
}

const ZOOM = { min: 1, max: 4, step: 0.1 }

test("a camera says what it has, and null for what it has not", async () => {
  const enumerateDevices = async () => [{ kind: "videoinput" }, { kind: "audioinput" }, { kind: "videoinput" }]
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: { enumerateDevices } }, configurable: true })
  assert.deepEqual(await able(new Track({ torch: true, zoom: ZOOM })), { torch: false, zoom: { ...ZOOM, now: 1 }, cameras: 2 })
  assert.deepEqual(await able(new Track()), { torch: null, zoom: null, cameras: 2 })
  assert.deepEqual(await able(new Track({ zoom: { min: 1, max: 1 } })), { torch: null, zoom: null, cameras: 2 })
  assert.deepEqual(await able(null), { torch: null, zoom: null, cameras: 0 })
})

test("what a camera leaves out without a word counts as not done", async () => {
  assert.equal(await set(new Track({ torch: true }), { torch: true }), true)
  assert.equal(await set(new Track({ zoom: ZOOM }), { zoom: 2 }), true)
  const stubborn = new Track({ zoom: ZOOM })
  stubborn.applyConstraints = async () => {}
  assert.equal(await set(stubborn, { zoom: 2 }), false)
  assert.equal(await set(new Track({ torch: true }, () => true), { torch: true }), false)
})

for (const [kind, refuses] of [["takes both at once", () => false], ["wants size and light apart", (wish, width) => width && (wish.zoom || wish.torch !== undefined)]])
  test(`a still is taken with the zoom and the light there are, by a browser that ${kind}`, async () => {
    const track = new Track({ torch: true, zoom: ZOOM, width: { max: 4000 }, height: { max: 3000 } }, refuses)
    Object.assign(track.settings, { torch: true, zoom: 2 })
    const during = []
    globalThis.MediaStream = class {}
    globalThis.document = {
      createElement: () => ({
        play: async () => during.push(track.getSettings()),
        get videoWidth() {
          return 0 // the picture itself is not what this is about
        },
      }),
    }
    if (kind === "wants size and light apart") {
      const together = track.applyConstraints.bind(track)
      track.applyConstraints = async (wish) => {
        const { width, height } = track.settings
        await together(wish)
        if (!wish.width) Object.assign(track.settings, { width, height })
      }
    }
    await assert.rejects(takeStill(track), /no picture/)
    delete globalThis.document
    const [{ torch, zoom }] = during
    assert.deepEqual({ torch, zoom }, { torch: true, zoom: 2 })
    await new Promise((resolve) => setTimeout(resolve))
    assert.deepEqual([track.settings.torch, track.settings.zoom, track.settings.width], [true, 2, 1280])
  })

test("zooming goes by steps the camera has, and no further than it goes", () => {
  let now = 1
  const seen = []
  for (let n = 0; n < 8; n += 1) seen.push((now = zoomAfter({ ...ZOOM, now }, 1)))
  assert.deepEqual(seen, [1.3, 1.7, 2.2, 2.9, 3.8, 4, 4, 4])
  assert.equal(zoomAfter({ ...ZOOM, now: 1 }, -1), 1)
  assert.equal(zoomAfter({ min: 1, max: 8, step: 1, now: 1 }, 1), 2, "a coarse camera moves by its own step")
  assert.equal(zoomAfter({ min: 0, max: 50, step: 0, now: 0 }, 1), 5)
})
