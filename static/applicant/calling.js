// The call as a whole: camera, connection, hints, photos; the screen only draws what this knows.

import { post } from "../shared/api.js"
import { fill } from "../shared/dom.js"
import { Live } from "../shared/live.js"
import { Call } from "../shared/peer.js"
import { takeStill } from "../shared/still.js"
import { say } from "../shared/words.js"
import { CallScreen } from "./call.js"
import { Uploads } from "./uploads.js"

export class Calling {
  #invitation = null
  #screen = null
  #call = null
  #live = null
  #request = null // the still the officer asked for, until it is taken
  #busy = false
  #fresh = false // the camera was opened for the check, and is still good
  #silent = false
  #officer = null
  #wakeLock = null
  #uploads = new Uploads({
    onChange: () => this.#redraw(),
    onKept: (kept) => {
      if (kept.point) this.#invitation.point = kept.point
      this.#redraw()
    },
    onRefused: (problem) => this.#screen?.tell(problem.message, "rectify"),
  })
  #online = () => this.#redraw()
  #awake = () => document.visibilityState === "visible" && this.#stayAwake()

  /** @param {{camera: import("./camera.js").Camera, refetch: () => Promise<void>, onHangUp: () => void, onSign: () => void, onRevoked: () => void}} options */
  constructor(options) {
    Object.assign(this, options)
  }

  /** Whether the server's hints arrive, so that asking every 2 s is not needed. */
  get isTold() {
    return Boolean(this.#live?.isUp)
  }

  /** Hints over a socket: loaded after the first picture, because the picture comes first. */
  listen() {
    if (this.#live) return
    this.#live = new Live({
      on: {
        "point.shown": (point) => {
          if (this.#request && this.#request.point !== point.name) this.#request = null
          if (this.#invitation) this.#invitation.point = point
          this.#redraw()
        },
        "still.requested": ({ request, point }) => {
          this.#request = { request, point }
          navigator.vibrate?.([60, 60, 60])
          this.#redraw()
        },
        "session.changed": () => this.refetch(),
        "survey.changed": () => this.refetch(),
        "media.renewed": ({ epoch }) => this.#call?.renew(epoch),
        revoked: () => this.onRevoked(),
      },
      onUp: () => this.refetch(),
      beat: () => this.#call && { quality: this.#call.state.quality },
      as: "phone",
    })
    this.#live.open().catch(() => (this.#live = null)) // not loaded: the page keeps asking instead
  }

  /** Inside the tap that starts the call: make the officer's sound allowed. */
  tapped(invitation) {
    this.#invitation = invitation
    this.#fresh = this.camera.stream.getTracks().length > 0
    this.#officer = new MediaStream()
    this.#makeScreen()
    this.#screen.unmute()
  }

  /** @returns {() => void} take the screen away; the call itself goes on until `stop` */
  show(page, invitation) {
    if (!this.#screen) {
      this.#officer ||= new MediaStream()
      this.#makeScreen()
      this.#screen.useOfficer(this.#officer)
    }
    fill(page, this.#screen.node)
    this.#connect()
    this.update(invitation)
    addEventListener("online", this.#online)
    addEventListener("offline", this.#online)
    document.addEventListener("visibilitychange", this.#awake)
    this.#stayAwake()
    this.listen()
    return () => {
      removeEventListener("online", this.#online)
      removeEventListener("offline", this.#online)
      document.removeEventListener("visibilitychange", this.#awake)
      this.#wakeLock?.release().catch(() => {})
      this.#screen?.leave()
      this.#screen = null
    }
  }

  update(invitation) {
    this.#invitation = invitation
    this.#redraw()
  }

  /** Hang up: nothing seen or heard any more. Photos still on their way arrive all the same. */
  stop() {
    this.#call?.hangUp()
    this.#call = null
    this.#live?.close()
    this.#live = null
  }

  #makeScreen() {
    this.#screen = new CallScreen({
      own: this.camera.stream,
      officer: this.#officer,
      onShutter: () => this.#take(),
      onFile: (file) => this.#keep(file),
      onFlip: async () => this.#use(await this.camera.flip()),
      onRestore: () => this.#call?.restart(),
      onHangUp: this.onHangUp,
      onSign: this.onSign,
      onPreview: () => this.listen(),
      onHeard: (heard) => {
        this.#silent = !heard
        this.#redraw()
      },
    })
  }

  #connect() {
    if (this.#call) return
    this.#call = new Call({
      getStream: async () => {
        if (!this.#fresh) await this.camera.open()
        this.#fresh = false
        this.#screen?.useOwn(this.camera.stream)
        this.#redraw()
        return this.camera.stream.getTracks().length ? this.camera.stream : null
      },
      signal: (sdp) => post("/applicant/media", { sdp }),
      onState: ({ link }) => {
        if (link === "refused") this.refetch()
        this.#redraw()
      },
      onStream: (stream) => {
        this.#officer = stream
        this.#screen?.useOfficer(stream)
      },
    })
    this.#call.start()
  }

  #use(stream) {
    this.#screen?.useOwn(stream)
    this.#redraw()
    return this.#call?.show(stream)
  }

  async #take() {
    if (this.#busy || !this.camera.track) return
    this.#busy = true
    this.#redraw()
    try {
      this.#keep((await takeStill(this.camera.track)).blob)
    } catch {
      this.#screen?.tell(say("call.not_taken"), "rectify")
      this.#screen?.offerFile()
    } finally {
      this.#busy = false
      this.#redraw()
    }
  }

  /** The photo is taken: say so at once, send it until it has arrived. */
  #keep(blob) {
    const { point } = this.#invitation
    const name = this.#request?.point || point?.name
    if (!name) return
    const missing = point && point.name === name ? Math.max(0, point.photos - point.photos_done - this.#uploads.waiting - 1) : 0
    this.#screen?.shot(missing ? say("call.taken_more", { n: missing }) : say("call.taken"))
    this.#uploads.add({ blob, point: name, takenAt: new Date(), request: this.#request?.request })
    this.#request = null
    this.#redraw()
  }

  #redraw() {
    const invitation = this.#invitation
    if (!this.#screen || !invitation) return
    const { link, quality } = this.#call?.state || { link: "connecting", quality: "good" }
    const { point } = invitation
    const missing = point ? point.photos - point.photos_done - this.#uploads.waiting : 0
    this.#screen.update({
      invitation,
      link,
      weak: quality === "weak",
      stopped: link === "paused",
      online: navigator.onLine,
      hasCamera: Boolean(this.camera.track),
      wanted: Boolean(this.#request) || missing > 0,
      missing,
      busy: this.#busy,
      waiting: this.#uploads.waiting,
      silent: this.#silent,
    })
  }

  async #stayAwake() {
    try {
      this.#wakeLock = await navigator.wakeLock?.request("screen")
    } catch {
      // Low battery: the phone may sleep, the call comes back on waking.
    }
  }
}
