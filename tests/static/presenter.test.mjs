// The presenter's camera, microphone and screen: what is open, what is heard, and what leaving closes.

import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { devices, join, leave, mute, muted, open, restore, share, sharing, shownStream } from "../../static/expert/presenter.js"

class Track {
  readyState = "live"
  enabled = true
  constructor(kind) {
    this.kind = kind
  }
  stop = () => (this.readyState = "ended")
  addEventListener() {}
  removeEventListener() {}
}

class Stream {
  constructor(tracks) {
    this.tracks = tracks
  }
  getTracks = () => this.tracks
  getAudioTracks = () => this.tracks.filter((one) => one.kind === "audio")
  getVideoTracks = () => this.tracks.filter((one) => one.kind === "video")
}

/** A connection that never comes about. */
class Nowhere {
  addTransceiver() {}
  getTransceivers = () => []
  getStats = async () => new Map()
  createOffer = () => new Promise(() => {})
  close() {}
}

const opened = []
const grant = (...kinds) => (opened.push(new Stream(kinds.map((kind) => new Track(kind)))), opened.at(-1))
const mediaDevices = {}
globalThis.MediaStream = Stream
globalThis.RTCPeerConnection = Nowhere
Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true })

beforeEach(() => {
  opened.length = 0
  mediaDevices.getUserMedia = async () => grant("audio", "video")
  mediaDevices.getDisplayMedia = async () => grant("video")
})

afterEach(leave)

const live = () => opened.flatMap((stream) => stream.tracks).filter((track) => track.readyState === "live")

test("whoever muted themselves stays muted when the microphone is opened anew", async () => {
  await open()
  mute()
  await open()
  assert.equal(muted.value, true)
  assert.deepEqual(shownStream.value.getAudioTracks().map((track) => track.enabled), [false])
  mute()
  assert.deepEqual(shownStream.value.getAudioTracks().map((track) => track.enabled), [true])
})

test("a camera that died alone is opened again, and nothing of the old one stays on", async () => {
  await open()
  opened[0].getVideoTracks()[0].stop()
  join(7, { relays: () => [], onRefused: () => {} })
  await restore()
  assert.deepEqual(live(), opened.at(-1).tracks)
  assert.deepEqual(shownStream.value.getVideoTracks(), opened.at(-1).getVideoTracks())
})

test("leaving while the browser still asks for permission turns no camera on", async () => {
  let allow
  mediaDevices.getUserMedia = () => new Promise((resolve) => (allow = resolve))
  const asked = open()
  leave()
  allow(grant("audio", "video"))
  await asked
  assert.deepEqual(live(), [])
  assert.equal(shownStream.value, null)
})

test("a refusal that comes after leaving is asked about no further", async () => {
  let refuse
  mediaDevices.getUserMedia = () => new Promise((_, reject) => (refuse = reject))
  const asked = open()
  leave()
  refuse(new DOMException("no", "NotAllowedError"))
  mediaDevices.getUserMedia = async () => assert.fail("asked again for somebody who has left")
  await asked
  assert.notEqual(devices.value, "none")
})

test("leaving while a screen is being chosen shows none", async () => {
  let choose
  mediaDevices.getDisplayMedia = () => new Promise((resolve) => (choose = resolve))
  await open()
  const asked = share()
  leave()
  choose(grant("video"))
  await asked
  assert.deepEqual(live(), [])
  assert.equal(sharing.value, false)
})
