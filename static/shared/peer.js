// Keeps one call up: one connection at a time (two, where the worker shows others on one of its own), watched twice a second, made afresh when it is lost. Draws nothing.

import { Backoff } from "./backoff.js"
import { Ladder, RUNGS, seen } from "./ladder.js"

const BEAT_MILLISECONDS = 500
const SILENT_MILLISECONDS = 3_500 // the server reports at least every 1.5 s even when nobody else is in; seen up to two beats later
const SLEPT_MILLISECONDS = 3_000 // beats this late were not silence: the phone had put the page to sleep
const GRACE_MILLISECONDS = 2_000 // to hear the server after a sleep
const CONNECT_MILLISECONDS = 8_000
const SIGNAL_MILLISECONDS = 12_000 // the server itself gives up after 8 s
const GATHER_MILLISECONDS = 300 // the server finds our address by itself; this only saves it the search
const MUTED_MILLISECONDS = 1_500 // a shorter mute is the camera changing its size
const FROZEN_MILLISECONDS = 5_000 // a running camera that sends no frame: iOS after a phone call, without any event
const PRESENT_MILLISECONDS = 2_500 // sound alone brings fifty packets a second
const HESITANT_MILLISECONDS = 2_000 // a report that should have been here

const SEEN_MILLISECONDS = 4_500 // some pictures, where one is sent a second

const WEAK_LOSS = 0.02 // beyond it a sender stops raising its rate (draft-ietf-rmcat-gcc-02, section 6)
const WEAK_SECONDS = 0.3 // round trip: twice the 150 ms one way of ITU-T G.114
const LITTLE = 0.1 // of what a picture may take: a sender is told of no less
const LOSS_MEMORY = 0.9 // of the last beat's loss: smooths over about five seconds

/**
 * @typedef {"idle" | "connecting" | "live" | "paused" | "lost" | "refused" | "ended"} Link
 *   paused: connected, but our own camera or microphone went dark; `restart()` opens it again
 *   lost: coming back by itself; refused: the server said no, `error` is what `signal` threw
 * @typedef {{link: Link, quality: "good" | "weak" | "lost", blocked: boolean, other: boolean, recorded: boolean, diskFull: boolean, sends: string, sees: string, error: Error | null}} State
 *   blocked: the server answers, and yet no connection stands: this network lets the words through, but not the video
 *   other: sound or picture of the other side is arriving; recorded: the server records what is said and shown; diskFull: it would, but has no room
 *   sends, sees: the rung (`ladder.js`) of what goes out, and of what arrives; "" while unknown
 */

/**
 *   const call = new Call({
 *     getStream: () => navigator.mediaDevices.getUserMedia(…),  // null: only watch and listen
 *     signal: (sdp) => post(`/sessions/${id}/media`, { sdp }),
 *     view: (sdp, ticket) => post(`/sessions/${id}/media/view`, { sdp, ticket }), // the answer to the view that `signal` brought
 *     relays: () => invitation.relays,                           // asked with each new connection
 *     onState: ({ link, quality, other }) => …,
 *     onStream: (stream) => (video.srcObject = stream),          // again after each new connection
 *     speaks: false,                                            // only watch: an observer's offer agrees to send nothing
 *     others: 2,                                                 // how many more people can be shown: joint surveys
 *     onOther: (seat, stream, shown) => …,                       // seat 1, 2, …; again when pictures begin or stop to arrive
 *   })
 *   call.start()
 */
export class Call {
  /** @type {State} */
  state = { link: "idle", quality: "lost", blocked: false, other: false, recorded: false, diskFull: false, sends: "", sees: "", error: null }
  #options
  #ladder = new Ladder()
  #most = 0 // bits a second of our picture; 0: as many as go through
  #seats = new Map() // of others: stream, and whether pictures arrive
  #backoff = new Backoff()
  #stream = null
  #link = null // RTCPeerConnection, or null between two
  #view = null // another, on which we are shown the others, where the worker offers it; else they come on #link
  #up = false
  #answeredBy = 0 // the epoch of the media worker at the other end of #link; 0 until it has answered
  #told = 0 // the epoch the server last told us of
  #wanted = false // from start() to hangUp() or a refusal
  #dark = false
  #beats = 0
  #retry = 0
  #mute = 0
  #lastBeat = 0
  #counts = nothingCounted()
  #unwatch = () => {}
  #wake = () => this.wake()

  /** @param {{getStream: () => Promise<MediaStream | null>, signal: (sdp: string) => Promise<{sdp: string, epoch: number, recorded: boolean, disk_full: boolean, view?: string, ticket?: string}>, view?: (sdp: string, ticket: string) => Promise<unknown>, onState?: (state: State) => void,
   *          relays?: () => RTCIceServer[], speaks?: boolean, onStream?: (stream: MediaStream) => void, others?: number,
   *          onOther?: (seat: number, stream: MediaStream, shown: boolean) => void, Connection?: typeof RTCPeerConnection}} options */
  constructor(options) {
    this.#options = { view: async () => {}, relays: () => [], onState: () => {}, onStream: () => {}, speaks: true, others: 0, onOther: () => {}, Connection: globalThis.RTCPeerConnection, ...options }
  }

  /** Open the camera and connect. After a refusal it may be called again. */
  async start() {
    if (this.#wanted) return
    this.#wanted = true
    this.#say({ link: "connecting", error: null })
    globalThis.addEventListener?.("online", this.#wake)
    this.#beats = setInterval(() => this.#beat(), BEAT_MILLISECONDS)
    if (!this.#stream) await this.restart()
    if (this.#wanted && !this.#link) this.#connect()
  }

  /** Open camera and microphone afresh, and send them in place of the old ones. Nobody has to connect again. */
  async restart() {
    let stream = null
    try {
      stream = await this.#options.getStream()
    } catch {
      // denied, or busy elsewhere: the call goes on without, and says so
    }
    if (stream || !this.#stream) await this.show(stream)
  }

  /** Send this stream from now on: the other camera, another microphone. */
  async show(stream) {
    this.#unwatch()
    this.#stream = stream
    this.#dark = false
    if (stream) this.#unwatch = this.#watch(stream)
    this.#counts.sentAt = Date.now()
    await this.#send()
    this.#judge()
  }

  /** The network or the server is back: try at once if we are waiting to. */
  wake() {
    if (!this.#wanted || this.#link || !this.#retry) return
    this.#backoff.reset()
    this.#connect()
  }

  /**
   * The server tells the epoch of its media worker. A connection to an earlier one is dead: connect afresh without
   * waiting for the silence. An attempt not yet answered is left alone, because only a living worker can answer it.
   * @param {number} epoch
   */
  renew(epoch) {
    this.#told = epoch
    if (!this.#link) return this.wake()
    if (!this.#answeredBy || this.#answeredBy === epoch) return
    this.#close()
    this.#say({ link: "lost", quality: "lost", blocked: false, other: false })
    this.#connect()
  }

  /** The server has no room to record any more, or has again. @param {boolean} full */
  noteDisk(full) {
    const { recorded, diskFull } = this.state
    if (recorded || diskFull) this.#say({ recorded: !full, diskFull: full })
  }

  /** The end: nothing is tried again. The stream is its owner's to stop. */
  hangUp() {
    this.#stop("ended", null)
  }

  async #connect() {
    clearTimeout(this.#retry)
    this.#retry = 0
    const { Connection, relays, signal, speaks, others } = this.#options
    const link = new Connection({ iceServers: relays(), bundlePolicy: "max-bundle" })
    this.#link = link
    this.#seats.clear()
    this.#up = false
    this.#counts = nothingCounted()
    link.onconnectionstatechange = () => link === this.#link && this.#changed()
    link.ontrack = (event) => link === this.#link && event.streams[0] && this.#seat(event.streams[0])
    for (const kind of ["audio", "video"]) link.addTransceiver(kind, { direction: speaks ? "sendrecv" : "recvonly" })
    for (let n = 0; n < others; n += 1) for (const kind of ["audio", "video"]) link.addTransceiver(kind, { direction: "recvonly" })
    try {
      await this.#send()
      await link.setLocalDescription(await link.createOffer())
      await gathered(link)
      const { sdp, epoch, recorded, disk_full, view, ticket } = await within(signal(link.localDescription.sdp), SIGNAL_MILLISECONDS)
      if (link !== this.#link) return
      const outdated = epoch < this.#told // whoever answered has died since
      this.#told = 0
      if (outdated) return this.#lose()
      this.#answeredBy = epoch
      this.#say({ recorded: Boolean(recorded), diskFull: Boolean(disk_full) })
      await Promise.all([sdp && link.setRemoteDescription({ type: "answer", sdp }), view && this.#watchOver(view, ticket)])
      setTimeout(() => link === this.#link && !this.#up && this.#lose({ blocked: true }), CONNECT_MILLISECONDS)
    } catch (error) {
      if (link !== this.#link) return
      if (error.status >= 400 && error.status < 500) this.#stop("refused", error)
      else this.#lose()
    }
  }

  /** Be shown the others over a connection that the worker offers. */
  async #watchOver(sdp, ticket) {
    const { Connection, relays, view: answer } = this.#options
    const view = (this.#view = new Connection({ iceServers: relays(), bundlePolicy: "max-bundle" }))
    view.onconnectionstatechange = () => view === this.#view && this.#changed()
    view.ontrack = this.#link.ontrack
    await view.setRemoteDescription({ type: "offer", sdp })
    await view.setLocalDescription(await view.createAnswer())
    await gathered(view)
    await within(answer(view.localDescription.sdp, ticket), SIGNAL_MILLISECONDS)
  }

  /** What there is of both: one that only watches sends on none. */
  #links() {
    return [this.#view, this.#link?.remoteDescription && this.#link].filter(Boolean)
  }

  #changed() {
    const states = this.#links().map((each) => each.connectionState)
    const over = this.#view && this.#up ? ["failed", "closed", "disconnected"] : ["failed", "closed"]
    if (states.every((state) => state === "connected") && !this.#up) {
      this.#up = true
      this.#lastBeat = this.#counts.heardAt = this.#counts.sentAt = Date.now()
      this.#backoff.reset()
      this.#judge()
    } else if (states.some((state) => over.includes(state))) this.#lose({ blocked: !this.#up && this.#answeredBy > 0 })
  }

  async #beat() {
    const now = Date.now()
    const slept = now - this.#lastBeat > SLEPT_MILLISECONDS
    this.#lastBeat = now
    const link = this.#link
    if (!link || !this.#up) return
    if (slept) this.#counts.heardAt = Math.max(this.#counts.heardAt, now - SILENT_MILLISECONDS + GRACE_MILLISECONDS)
    if (now - this.#counts.heardAt >= SILENT_MILLISECONDS) return this.#lose()
    const reports = await Promise.all(this.#links().map((each) => each.getStats())).catch(() => null)
    if (!reports || link !== this.#link) return
    const mids = (this.#view || link).getTransceivers().map((each) => each.mid)
    this.#counts = counted(reports.flatMap((each) => [...each.values()]), this.#counts, Date.now(), new Set(mids.slice(2)))
    if (this.#view) this.#counts.heardAt = now // whoever is alone hears nothing there, and `disconnected` tells
    for (const [seat, { stream, shown }] of this.#seats) {
      const seen = now - (this.#counts.beside.get(mids[2 * seat + 1])?.at || 0) < PRESENT_MILLISECONDS
      if (seen === shown) continue
      this.#seats.set(seat, { stream, shown: seen })
      this.#options.onOther(seat, stream, seen)
    }
    const pictures = RUNGS[this.#ladder.rung].pictures
    const moved = this.#ladder.look(this.#counts, now) || this.#ladder.hopes(now)
    const most = this.#ladder.most(this.#counts.available, now)
    if (moved && !pictures) this.#counts.sentAt = now // none were to be sent until now
    if (moved || Math.abs(most - this.#most) > LITTLE * this.#most) {
      this.#most = most
      await this.#send()
    }
    this.#judge()
  }

  #judge() {
    if (!this.#wanted || !this.#up) return
    const { heardAt, otherAt, sentAt, loss, roundTrip, frames } = this.#counts
    const now = Date.now()
    const camera = this.#stream?.getVideoTracks()[0]
    const rung = RUNGS[this.#ladder.rung]
    const frozen = Boolean(camera?.enabled) && rung.pictures > 0 && frames > 0 && now - sentAt >= FROZEN_MILLISECONDS
    const weak = loss > WEAK_LOSS || roundTrip > WEAK_SECONDS || now - heardAt > HESITANT_MILLISECONDS
    this.#say({
      link: this.#dark || frozen ? "paused" : "live",
      quality: weak ? "weak" : "good",
      blocked: false,
      other: otherAt > 0 && now - otherAt < PRESENT_MILLISECONDS,
      sends: camera ? rung.name : "",
      sees: seen(this.#counts.arriving),
    })
  }

  #lose({ blocked = false } = {}) {
    this.#close()
    this.#say({ link: "lost", quality: "lost", blocked, other: false })
    this.#retry = setTimeout(() => this.#connect(), this.#backoff.next())
  }

  #stop(link, error) {
    this.#wanted = false
    clearInterval(this.#beats)
    clearTimeout(this.#retry)
    this.#retry = 0
    globalThis.removeEventListener?.("online", this.#wake)
    this.#unwatch()
    this.#stream = null
    this.#close()
    this.#say({ link, quality: "lost", blocked: false, other: false, error })
  }

  #close() {
    const links = [this.#link, this.#view].filter(Boolean)
    this.#link = this.#view = null
    this.#up = false
    this.#answeredBy = 0
    for (const link of links) {
      link.onconnectionstatechange = link.ontrack = null
      link.close()
    }
  }

  /** The worker names a stream by its seat: the first is the other side, the rest sit beside. */
  #seat(stream) {
    const seat = Number(/^seat-(\d+)$/.exec(stream.id)?.[1] || 0)
    if (!seat) return this.#options.onStream(stream)
    if (this.#seats.get(seat)?.stream === stream) return // its sound and its picture come one after the other
    this.#seats.set(seat, { stream, shown: false })
    this.#options.onOther(seat, stream, false)
  }

  async #send() {
    if (!this.#link) return
    for (const each of this.#link.getTransceivers()) {
      const kind = each.receiver.track.kind
      if (each.direction === "recvonly") continue
      const track = this.#stream?.getTracks().find((one) => one.kind === kind && one.readyState === "live") || null
      if (track && kind === "video") track.contentHint = "detail" // read a label rather than follow a wave
      if (each.sender.track !== track) await each.sender.replaceTrack(track)
      if (track && kind === "video") await limit(each.sender, RUNGS[this.#ladder.rung], this.#most)
    }
  }

  /** Notice when a phone call or another app takes the camera; returns how to stop noticing. */
  #watch(stream) {
    const tracks = stream.getTracks()
    const dark = (is) => {
      clearTimeout(this.#mute)
      this.#dark = is
      this.#judge()
    }
    const on = {
      ended: () => dark(true),
      mute: () => (clearTimeout(this.#mute), (this.#mute = setTimeout(dark, MUTED_MILLISECONDS, true))),
      unmute: () => dark(tracks.some((track) => track.readyState === "ended" || track.muted)),
    }
    for (const track of tracks) for (const name of Object.keys(on)) track.addEventListener(name, on[name])
    return () => {
      clearTimeout(this.#mute)
      for (const track of tracks) for (const name of Object.keys(on)) track.removeEventListener(name, on[name])
    }
  }

  #say(change) {
    const before = this.state
    this.state = { ...before, ...change }
    if (Object.keys(change).some((name) => before[name] !== this.state[name])) this.#options.onState(this.state)
  }
}

/** Send as much as a rung allows, and a picture of at most so many bits a second. A browser that cannot be told goes on as it likes. */
async function limit(sender, rung, most) {
  const parameters = sender.getParameters?.()
  const encoding = parameters?.encodings?.[0]
  if (!encoding) return
  Object.assign(encoding, { active: rung.pictures > 0, scaleResolutionDownBy: rung.shrink, maxFramerate: rung.pictures || 1 })
  if (most) encoding.maxBitrate = Math.round(most)
  else delete encoding.maxBitrate
  await sender.setParameters(parameters).catch(() => {})
}

function nothingCounted() {
  return { bytes: 0, heardAt: 0, got: 0, lost: 0, otherAt: 0, frames: 0, sentAt: 0, losing: 0, loss: 0, roundTrip: 0, available: 0, gotOfOther: 0, beside: new Map(), history: [], arriving: { lines: 0, pictures: 0, sounds: 0 } }
}

/** What changed since the counts before; `others` are the parts (mids) of others than the one who is called. Bytes of the whole transport count as hearing the server, also while we are alone. */
function counted(reports, before, now, others) {
  let [bytes, got, lost, frames, theirs, roundTrip, available, pictures, sounds, lines, gotOfOther] = Array(11).fill(0)
  const decoded = new Map() // pictures of those beside, by mid
  reports.forEach((report) => {
    if (report.type === "transport" || (report.type === "candidate-pair" && report.nominated)) bytes = Math.max(bytes, report.bytesReceived || 0)
    if (report.type === "candidate-pair" && report.nominated) {
      roundTrip = report.currentRoundTripTime || 0
      available = report.availableOutgoingBitrate || 0
    }
    if (report.type === "inbound-rtp") {
      got += report.packetsReceived || 0
      lost += Math.max(0, report.packetsLost || 0)
      if (others.has(report.mid)) {
        if (report.kind === "video") decoded.set(report.mid, report.framesDecoded || 0)
        return
      }
      gotOfOther += report.packetsReceived || 0
      if (report.kind === "video") {
        pictures += report.framesDecoded || 0
        lines = Math.max(lines, report.frameHeight || 0)
      } else sounds += report.packetsReceived || 0
    }
    if (report.type === "outbound-rtp" && report.kind === "video") frames += report.framesEncoded || 0
    if (report.type === "remote-inbound-rtp") theirs = Math.max(theirs, report.fractionLost || 0)
  })
  const history = [...before.history, { now, pictures, sounds }].filter((each) => now - each.now <= SEEN_MILLISECONDS)
  const seconds = Math.max(0.001, (now - history[0].now) / 1_000)
  const newGot = Math.max(0, got - before.got)
  const newLost = Math.max(0, lost - before.lost)
  const mine = newGot + newLost ? newLost / (newGot + newLost) : 0
  const losing = Math.max(mine, theirs)
  return {
    bytes,
    got,
    lost,
    frames,
    roundTrip,
    available,
    history,
    arriving: { lines, pictures: (pictures - history[0].pictures) / seconds, sounds: (sounds - history[0].sounds) / seconds },
    heardAt: bytes > before.bytes || newGot ? now : before.heardAt,
    gotOfOther,
    otherAt: gotOfOther > before.gotOfOther ? now : before.otherAt,
    beside: new Map([...decoded].map(([mid, many]) => [mid, many > (before.beside.get(mid)?.many || 0) ? { many, at: now } : before.beside.get(mid) || { many, at: 0 }])),
    sentAt: frames !== before.frames ? now : before.sentAt,
    losing,
    loss: LOSS_MEMORY * before.loss + (1 - LOSS_MEMORY) * losing,
  }
}

/** Until the browser knows its own addresses, or it takes too long. */
function gathered(link) {
  if (link.iceGatheringState === "complete") return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHER_MILLISECONDS)
    link.onicegatheringstatechange = () => {
      if (link.iceGatheringState !== "complete") return
      clearTimeout(timer)
      resolve()
    }
  })
}

function within(promise, milliseconds) {
  let timer = 0
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("too slow")), milliseconds)))
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
