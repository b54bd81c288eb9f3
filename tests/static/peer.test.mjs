import assert from "node:assert/strict"
import test, { beforeEach, mock } from "node:test"
import { Call } from "../../static/shared/peer.js"

/** The browser's side of a connection, as far as a Call can tell: what the server does is said by the test. */
class FakeConnection {
  static made = []

  constructor(configuration) {
    this.configuration = configuration
    this.connectionState = "new"
    this.iceGatheringState = "complete"
    this.transceivers = []
    this.bytes = this.packets = this.lost = this.frames = 0
    this.roundTrip = 0.02
    this.closed = false
    FakeConnection.made.push(this)
  }

  addTransceiver(kind, { direction }) {
    const sender = { track: null, replaceTrack: async (track) => void (sender.track = track) }
    this.transceivers.push({ direction, sender, receiver: { track: { kind } } })
  }

  getTransceivers = () => this.transceivers
  createOffer = async () => ({ type: "offer", sdp: `offer ${FakeConnection.made.length}` })
  createAnswer = async () => ({ type: "answer", sdp: `answer to ${this.remoteDescription.sdp}` })
  setLocalDescription = async (offer) => void (this.localDescription = offer)
  setRemoteDescription = async (answer) => void (this.remoteDescription = answer)
  close = () => void (this.closed = true)

  async getStats() {
    return new Map([
      ["t", { type: "transport", bytesReceived: this.bytes }],
      ["p", { type: "candidate-pair", nominated: true, bytesReceived: this.bytes, currentRoundTripTime: this.roundTrip }],
      ["i", { type: "inbound-rtp", packetsReceived: this.packets, packetsLost: this.lost }],
      ["o", { type: "outbound-rtp", kind: "video", framesEncoded: this.frames }],
    ])
  }

  sends = (kind) => this.transceivers.find((each) => each.receiver.track.kind === kind).sender.track

  becomes(state) {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }
}

class FakeTrack extends EventTarget {
  constructor(kind) {
    super()
    Object.assign(this, { kind, readyState: "live", muted: false, enabled: true, contentHint: "" })
  }

  happens(name) {
    this.muted = name === "mute"
    if (name === "ended") this.readyState = "ended"
    this.dispatchEvent(new Event(name))
  }
}

class FakeStream {
  constructor() {
    this.tracks = [new FakeTrack("audio"), new FakeTrack("video")]
  }
  getTracks = () => this.tracks
  getVideoTracks = () => this.tracks.filter((track) => track.kind === "video")
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

/** Time passes, second by second, while the newest connection receives what `second` says. */
async function pass(seconds, second = () => {}) {
  for (let n = 0; n < seconds; n += 1) {
    second(FakeConnection.made.at(-1))
    mock.timers.tick(1_000)
    await settle()
  }
}

const reports = (link) => (link.bytes += 60)
const talk = (link) => {
  link.bytes += 60_000
  link.packets += 100
  link.frames += 15
}

async function scene(options = {}) {
  const told = []
  const streams = []
  const call = new Call({
    Connection: FakeConnection,
    getStream: async () => {
      streams.push(new FakeStream())
      return streams.at(-1)
    },
    signal: async (sdp) => ({ sdp: `answer to ${sdp}`, epoch: 7 }),
    onState: (state) => told.push(state.link),
    ...options,
  })
  call.start()
  await settle()
  return { call, told, streams, newest: () => FakeConnection.made.at(-1) }
}

async function liveScene(options) {
  const all = await scene(options)
  all.newest().becomes("connected")
  return all
}

beforeEach(() => {
  FakeConnection.made = []
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 })
})

test("a call asks no foreign server, offers sound and picture, and is live when connected", async () => {
  const { call, told, newest } = await liveScene()
  assert.deepEqual(newest().configuration.iceServers, [])
  assert.equal(newest().remoteDescription.sdp, "answer to offer 1")
  assert.equal(newest().sends("video").contentHint, "detail")
  assert.equal(newest().sends("audio").contentHint, "")
  assert.deepEqual(told, ["connecting", "live"])
  assert.equal(call.state.quality, "good")
  call.hangUp()
})

test("who only watches offers to send nothing", async () => {
  const { call, newest } = await liveScene({ getStream: async () => null, speaks: false })
  assert.deepEqual(newest().transceivers.map((each) => each.direction), ["recvonly", "recvonly"])
  call.hangUp()
})

test("waiting alone is live: the server's reports are enough", async () => {
  const { call } = await liveScene()
  await pass(30, reports)
  assert.equal(call.state.link, "live")
  assert.equal(call.state.other, false)
  await pass(2, talk)
  assert.equal(call.state.other, true)
  await pass(4, reports)
  assert.equal(call.state.other, false)
  assert.equal(FakeConnection.made.length, 1)
  call.hangUp()
})

test("five seconds of silence are a lost call, which comes back on a fresh connection", async () => {
  const { call, told, newest } = await liveScene()
  await pass(10, talk)
  const first = newest()
  await pass(5)
  assert.ok(told.includes("lost"))
  assert.ok(first.closed)
  await pass(1)
  assert.notEqual(newest(), first)
  newest().becomes("connected")
  assert.equal(call.state.link, "live")
  call.hangUp()
})

test("a failed connection is lost at once", async () => {
  const { call, newest } = await liveScene()
  newest().becomes("failed")
  assert.equal(call.state.link, "lost")
  call.hangUp()
})

test("while nobody answers it tries less and less often, and at once when the network is back", async () => {
  let asked = 0
  const { call, newest } = await liveScene({
    signal: async () => {
      asked += 1
      if (asked > 1) throw new TypeError("Failed to fetch")
      return { sdp: "answer", epoch: 7 }
    },
  })
  newest().becomes("failed")
  await pass(60)
  assert.ok(asked > 5 && asked < 15, `${asked} attempts in a minute`)
  assert.equal(call.state.link, "lost")
  const before = asked
  call.wake()
  await settle()
  assert.equal(asked, before + 1)
  call.hangUp()
})

test("the relays are asked for with each new connection, so that they are never stale", async () => {
  let asked = 0
  const { call, newest } = await liveScene({ relays: () => [{ urls: ["turn:relay.bureau.test"], username: `${(asked += 1)}`, credential: "c" }] })
  assert.equal(newest().configuration.iceServers[0].username, "1")
  newest().becomes("failed")
  await pass(1)
  assert.equal(newest().configuration.iceServers[0].username, "2")
  call.hangUp()
})

test("a network that carries the words but not the video is called blocked, until a connection stands", async () => {
  const { call, newest } = await scene()
  await pass(7)
  assert.equal(call.state.blocked, false)
  await pass(2)
  assert.deepEqual([call.state.link, call.state.blocked], ["lost", true])
  await pass(1)
  newest().becomes("connected")
  assert.deepEqual([call.state.link, call.state.blocked], ["live", false])
  newest().becomes("failed")
  assert.deepEqual([call.state.link, call.state.blocked], ["lost", false], "it stood before, so video does get through")
  call.hangUp()
})

test("a server that does not answer is no sign of a network that blocks video", async () => {
  let answers = true
  const { call } = await scene({
    signal: async () => {
      if (!answers) throw new TypeError("Failed to fetch")
      return { sdp: "answer", epoch: 7 }
    },
  })
  await pass(8)
  assert.equal(call.state.blocked, true)
  answers = false
  await pass(2)
  assert.deepEqual([call.state.link, call.state.blocked], ["lost", false])
  call.hangUp()
})

test("an answer that never comes, and a connection that never stands, are tried again", async () => {
  let asked = 0
  const { call, newest } = await scene({ signal: () => ((asked += 1), asked === 1 ? new Promise(() => {}) : Promise.resolve({ sdp: "answer", epoch: 7 })) })
  await pass(13)
  assert.equal(asked, 2)
  const second = newest()
  await pass(11)
  assert.ok(second.closed)
  assert.ok(asked >= 3)
  call.hangUp()
})

test("told that the media worker is a new one, it connects afresh at once", async () => {
  let epoch = 7
  const { call, told, newest } = await liveScene({ signal: async (sdp) => ({ sdp: `answer to ${sdp}`, epoch }) })
  const first = newest()
  epoch = 8
  call.renew(8)
  await settle()
  assert.ok(first.closed)
  assert.equal(newest().remoteDescription.sdp, "answer to offer 2")
  newest().becomes("connected")
  assert.deepEqual(told, ["connecting", "live", "lost", "live"])
  call.hangUp()
  call.renew(9)
  await settle()
  assert.equal(FakeConnection.made.length, 2)
})

test("told of the media worker it is connected to, it stays: only the web had gone and come back", async () => {
  const { call, newest } = await liveScene()
  call.renew(7)
  await settle()
  assert.equal(FakeConnection.made.length, 1)
  assert.ok(!newest().closed)
  call.hangUp()
})

test("told of a new media worker, it lets an attempt under way be answered, unless the old one had answered", async () => {
  const answers = []
  const { call, newest } = await scene({ signal: () => new Promise((resolve) => answers.push(resolve)) })
  const first = newest()
  call.renew(8)
  await settle()
  assert.ok(!first.closed)
  answers[0]({ sdp: "of the dead worker", epoch: 7 })
  await settle()
  assert.ok(first.closed)
  await pass(1)
  answers[1]({ sdp: "of the new worker", epoch: 8 })
  await settle()
  assert.equal(newest().remoteDescription.sdp, "of the new worker")
  call.hangUp()
})

test("silence is seen within 4.6 s, wherever between two looks it begins", async () => {
  for (let after = 0; after < 1_000; after += 100) {
    const { call, newest } = await liveScene()
    await pass(2, talk)
    for (let n = 0; n < after; n += 100) {
      talk(newest())
      mock.timers.tick(100)
      await settle()
    }
    const silentSince = Date.now()
    while (call.state.link !== "lost") {
      mock.timers.tick(100)
      await settle()
    }
    assert.ok(Date.now() - silentSince <= 4_600, `${Date.now() - silentSince} ms`)
    call.hangUp()
  }
})

test("what the server refuses is not asked again", async () => {
  const refusal = Object.assign(new Error("the link was revoked"), { status: 410, code: "link_invalid" })
  let asked = 0
  const { call } = await scene({
    signal: async () => {
      asked += 1
      throw refusal
    },
  })
  assert.equal(call.state.link, "refused")
  assert.equal(call.state.error, refusal)
  await pass(30)
  assert.equal(asked, 1)
  assert.ok(FakeConnection.made.every((link) => link.closed))
})

test("an answer to an attempt already given up is not used", async () => {
  const answers = []
  const { call, newest } = await scene({ signal: () => new Promise((resolve) => answers.push(resolve)) })
  const first = newest()
  await pass(13)
  answers[0]({ sdp: "too late", epoch: 7 })
  await settle()
  assert.equal(first.remoteDescription, undefined)
  assert.equal(newest().remoteDescription, undefined)
  call.hangUp()
})

test("hanging up ends everything", async () => {
  const { call, told, newest } = await liveScene()
  call.hangUp()
  assert.equal(call.state.link, "ended")
  assert.ok(newest().closed)
  await pass(30)
  call.wake()
  await settle()
  assert.equal(FakeConnection.made.length, 1)
  assert.equal(told.at(-1), "ended")
})

test("a page that slept gets two seconds to hear the server before it gives the call up", async () => {
  const { call } = await liveScene()
  await pass(3, talk)
  mock.timers.setTime(Date.now() + 60_000) // one late beat instead of sixty
  await settle()
  assert.equal(call.state.link, "live")
  await pass(2, talk)
  assert.equal(call.state.link, "live")
  await pass(5)
  assert.equal(call.state.link, "lost")
  call.hangUp()
})

test("a camera taken by a phone call pauses the call, and restart brings it back on the same connection", async () => {
  const { call, told, streams, newest } = await liveScene()
  await pass(2, talk)
  streams[0].tracks[1].happens("ended")
  assert.equal(call.state.link, "paused")
  await call.restart()
  assert.equal(call.state.link, "live")
  assert.equal(newest().sends("video"), streams[1].tracks[1])
  assert.equal(FakeConnection.made.length, 1)
  const moves = told.filter((link, n) => link !== told[n - 1])
  assert.deepEqual(moves, ["connecting", "live", "paused", "live"])
  call.hangUp()
})

test("a short mute is the camera changing its size; a long one is a pause until it ends", async () => {
  const { call, streams } = await liveScene()
  const camera = streams[0].tracks[1]
  camera.happens("mute")
  await pass(1, talk)
  camera.happens("unmute")
  await pass(2, talk)
  assert.equal(call.state.link, "live")
  camera.happens("mute")
  await pass(2, talk)
  assert.equal(call.state.link, "paused")
  camera.happens("unmute")
  assert.equal(call.state.link, "live")
  call.hangUp()
})

test("a camera that is open but sends nothing any more is a pause, too", async () => {
  const { call, streams } = await liveScene()
  await pass(5, talk)
  await pass(6, reports)
  assert.equal(call.state.link, "paused")
  await pass(1, talk)
  assert.equal(call.state.link, "live")
  streams[0].tracks[1].enabled = false // switched off on purpose
  await pass(8, reports)
  assert.equal(call.state.link, "live")
  call.hangUp()
})

test("the other camera is sent without connecting again", async () => {
  const { call, newest } = await liveScene()
  const other = new FakeStream()
  await call.show(other)
  assert.equal(newest().sends("video"), other.tracks[1])
  assert.equal(newest().sends("audio"), other.tracks[0])
  assert.equal(FakeConnection.made.length, 1)
  call.hangUp()
})

test("a denied camera does not stop the call: one can still watch and listen", async () => {
  const { call, newest } = await liveScene({ getStream: () => Promise.reject(new Error("NotAllowedError")) })
  assert.equal(call.state.link, "live")
  assert.equal(newest().sends("video"), null)
  assert.equal(newest().transceivers.length, 2)
  call.hangUp()
})

test("after a new connection the camera is not opened again", async () => {
  const { call, streams, newest } = await liveScene()
  newest().becomes("failed")
  await pass(1)
  assert.equal(streams.length, 1)
  assert.equal(newest().sends("video"), streams[0].tracks[1])
  call.hangUp()
})

test("loss and delay make the link weak, and it recovers", async () => {
  const { call, newest } = await liveScene()
  await pass(3, talk)
  await pass(6, (link) => (talk(link), (link.lost += 10)))
  assert.equal(call.state.quality, "weak")
  await pass(15, talk)
  assert.equal(call.state.quality, "good")
  newest().roundTrip = 0.5
  await pass(1, talk)
  assert.equal(call.state.quality, "weak")
  newest().becomes("failed")
  assert.equal(call.state.quality, "lost")
  call.hangUp()
})

test("the page is told once of each change, not every second", async () => {
  const { call, told } = await liveScene()
  await pass(20, talk)
  assert.ok(told.length <= 4, told.join())
  call.hangUp()
})

test("the other side's stream is handed on after every connection", async () => {
  const seen = []
  const { call, newest } = await liveScene({ onStream: (stream) => seen.push(stream) })
  newest().ontrack({ streams: ["first"] })
  newest().becomes("failed")
  await pass(1)
  newest().ontrack({ streams: ["second"] })
  assert.deepEqual(seen, ["first", "second"])
  call.hangUp()
})

/** A call at an engine that shows the others over a connection of its own. */
async function viewScene(options = {}) {
  const answered = []
  const all = await scene({
    signal: async (sdp) => ({ sdp: `answer to ${sdp}`, epoch: 7, view: "what there is to see", ticket: "of this join" }),
    view: async (...how) => void answered.push(how),
    ...options,
  })
  const [link, view] = FakeConnection.made
  return { ...all, answered, link, view }
}

test("where the worker offers a connection to see the others on, that is answered, and the call is live when both stand", async () => {
  const { call, link, view, answered, told } = await viewScene()
  assert.deepEqual(answered, [["answer to what there is to see", "of this join"]])
  link.becomes("connected")
  assert.deepEqual(told, ["connecting"])
  view.becomes("connected")
  assert.deepEqual(told, ["connecting", "live"])
  await pass(2, () => talk(view))
  assert.equal(call.state.other, true)
  call.hangUp()
  assert.ok(link.closed && view.closed)
})

test("whoever is alone there hears nothing and stays connected, until either connection breaks", async () => {
  const { call, link, view } = await viewScene()
  link.becomes("connected")
  view.becomes("connected")
  await pass(30)
  assert.equal(call.state.link, "live")
  link.becomes("disconnected")
  assert.equal(call.state.link, "lost")
  assert.ok(link.closed && view.closed)
  await pass(1)
  assert.equal(FakeConnection.made.length, 4)
  call.hangUp()
})

test("its streams have the seats that the worker names", async () => {
  const seen = []
  const { call, view } = await viewScene({ others: 1, onStream: (stream) => seen.push(stream.id), onOther: (seat, stream) => seen.push([seat, stream.id]) })
  view.ontrack({ streams: [{ id: "seat-0" }] })
  view.ontrack({ streams: [{ id: "seat-1" }] })
  assert.deepEqual(seen, ["seat-0", [1, "seat-1"]])
  call.hangUp()
})

test("a worker that began anew before it was answered is no reason to give up", async () => {
  const away = Object.assign(new Error("away"), { status: 503 })
  const { call } = await viewScene({ view: async () => Promise.reject(away) })
  await settle()
  assert.equal(call.state.link, "lost")
  await pass(1)
  assert.equal(FakeConnection.made.length, 4)
  call.hangUp()
})
