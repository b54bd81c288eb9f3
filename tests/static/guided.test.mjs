// What the officer does from afar, said on the applicant's page: not longer than the page is there.

import assert from "node:assert/strict"
import { mock, test } from "node:test"

/** Of a page, as far as the officer's words need one. */
class Element {
  hidden = false
  children = []
  classList = { toggle() {}, remove() {} }
  append = (...nodes) => this.children.push(...nodes)
  replaceChildren = (...nodes) => (this.children = nodes)
  setAttribute = (name, value) => (this[name] = name === "hidden" ? true : value)
  addEventListener() {}
  closest = () => null
}

globalThis.document = {
  createElement: () => new Element(),
  createElementNS: () => new Element(),
  importNode: () => new Element(),
  documentElement: new Element(),
  body: new Element(),
}
globalThis.addEventListener = globalThis.removeEventListener = () => {}
globalThis.fetch = async () => ({ ok: false })
Object.defineProperty(globalThis, "navigator", { value: { mediaDevices: { enumerateDevices: async () => [] }, vibrate: () => {} }, configurable: true })

const { Guided } = await import("../../static/applicant/guided.js")

test("what was done is said no more once the page was left, also when it comes back", async () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  let told = () => {}
  const camera = { track: { readyState: "live", getCapabilities: () => ({}), getSettings: () => ({}) }, facing: "environment" }
  const flip = async () => void (camera.facing = "user")
  const guided = new Guided({ camera, flip, tell: () => told(), onChange: () => {}, onFrozen: () => {} })
  const answered = new Promise((resolve) => (told = resolve))
  guided.on["camera.asked"]({ request: "1", torch: null, zoom: null, switch: true })
  await answered
  assert.equal(guided.word.hidden, false)
  guided.leave()
  assert.equal(guided.word.hidden, true)
})

test("what is frozen now is told to whoever keeps the invitation, before it is shown", () => {
  const told = []
  const guided = new Guided({ camera: {}, flip: async () => {}, tell: () => {}, onChange: () => {}, onFrozen: (frozen) => told.push([frozen, guided.frozen.node.hidden]) })
  guided.frozen.node.hidden = "as it was"
  guided.on["frozen.changed"]({ frozen: null })
  assert.deepEqual(told, [[null, "as it was"]])
  assert.equal(guided.frozen.node.hidden, true)
})
