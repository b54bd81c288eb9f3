// The call as a whole: camera, connection, hints, photos; the screen only draws what this knows.

import { post } from "../shared/api.js"
import { fill } from "../shared/dom.js"
import { Live } from "../shared/live.js"
import { Call } from "../shared/peer.js"
import { takeStill } from "../shared/still.js"
import { say } from "../shared/words.js"
import { CallScreen } from "./call.js"
import { Guided } from "./guided.js"

export class Calling {
  #invitation = null
  #screen = null
  #call = null
  #live = null
  #request = null // the still the officer asked for, until it is taken
  #taken = "" // the last request that was answered: it may still stand in an invitation on its way
  #busy = false
  #fresh = false // the camera was opened for the check, and is still good
  #silent = false
  #officer = null
  #others = new Map() // by seat: stream, and whether it is shown
  #wakeLock = null
  #guided = null
  #online = () => this.#redraw()
  #awake = () => document.visibilityState === "visible" && this.#stayAwake()

  #sent = ({ kept, problem }) => {
    if (kept?.point) this.#know({ point: kept.point })
    if (problem) this.#screen?.tell(problem.message, "rectify")
    this.#redraw()
  }

  /**
   * @param {{camera: import("./camera.js").Camera, uploads: import("./uploads.js").Uploads, refetch: (how?: { anew: boolean }) => Promise<void>, onHeard: () => void, isLater: () => boolean,
   *          onState: () => void, onLater: () => void, onHangUp: () => void, onSign: () => void, onObserver: (observer: object, answer: string) => void, onRevoked: () => void}} options
   *   onHeard: told when something newer came than what is asked for; isLater: whether photos are being taken without the call; onState: told when the connection is lost or stands
   */
  constructor(options) {
    Object.assign(this, options)
    this.uploads.listeners.add(this.#sent)
    this.#guided = new Guided({
      camera: this.camera,
      flip: async () => this.#use(await this.camera.flip()),
      tell: (event, said) => this.#live?.say(event, said),
      onChange: () => this.#redraw(),
      onFrozen: (frozen) => this.#know({ frozen }),
    })
  }

  /** Whether the connection stands. */
  get isUp() {
    return ["live", "paused"].includes(this.#call?.state.link)
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
          this.#know({ point })
          if (point.photos && !this.uploads.told?.steps.some((step) => step.name === point.name)) this.uploads.learn() // an answer opened it
          this.#redraw()
        },
        "still.requested": ({ request, point }) => {
          this.#want({ request, point })
          this.#redraw()
        },
        "still.withdrawn": ({ request }) => {
          this.#know({ still: null })
          if (this.#request?.request === request) this.#request = null
          this.#redraw()
        },
        ...this.#guided.on,
        "session.changed": () => this.refetch(),
        "survey.changed": () => this.refetch(),
        "media.renewed": ({ epoch }) => this.#call?.renew(epoch),
        "recording.changed": ({ disk_full }) => this.#call?.noteDisk(disk_full),
        revoked: () => this.onRevoked(),
      },
      onUp: () => {
        this.refetch({ anew: true })
        this.#guided.changed()
      },
      beat: () => this.#call && { quality: this.#call.state.quality, hindered: this.#hindered(), waiting: this.uploads.waiting },
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
      for (const [seat, other] of this.#others) this.#screen.others.show(seat, ...other)
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
      this.#guided.leave()
      this.#screen = null
    }
  }

  update(invitation) {
    this.#invitation = invitation
    if (invitation.still) this.#want(invitation.still)
    this.#guided.frozen.show(invitation.frozen)
    this.#redraw()
  }

  /** Hang up: nothing seen or heard any more. Photos still on their way arrive all the same. */
  stop() {
    this.#call?.hangUp()
    this.#call = null
    this.#live?.close()
    this.#live = null
    this.uploads.listeners.delete(this.#sent)
  }

  #hindered() {
    if (this.isLater()) return "later"
    return this.#call.state.blocked ? "blocked" : ""
  }

  #makeScreen() {
    this.#screen = new CallScreen({
      own: this.camera.stream,
      officer: this.#officer,
      onShutter: () => this.#take(),
      onFile: (file) => this.#keep(file),
      onFlip: async () => {
        await this.#use(await this.camera.flip())
        this.#guided.changed()
      },
      onDarken: () => this.#guided.darken(),
      onRestore: () => this.#call?.restart(),
      onAgain: () => this.#call?.start(),
      onLater: this.onLater,
      onHangUp: this.onHangUp,
      onSign: this.onSign,
      onObserver: this.onObserver,
      onPreview: () => this.listen(),
      onHeard: (heard) => {
        this.#silent = !heard
        this.#redraw()
      },
    })
    this.#screen.bottom.before(this.#guided.frozen.node, this.#guided.node)
  }

  #connect() {
    if (this.#call) return
    this.#call = new Call({
      getStream: async () => {
        if (!this.#fresh) await this.camera.open()
        this.#fresh = false
        this.#screen?.useOwn(this.camera.stream)
        this.#redraw()
        this.#guided.changed()
        return this.camera.stream.getTracks().length ? this.camera.stream : null
      },
      signal: (sdp) => post("/applicant/media", { sdp }),
      view: (sdp, ticket) => post("/applicant/media/view", { sdp, ticket }),
      relays: () => this.#invitation.relays,
      onState: ({ link }) => {
        if (link === "refused") this.refetch()
        if (link === "lost") this.uploads.doubt()
        this.onState()
        this.#redraw()
      },
      others: 1,
      onOther: (seat, stream, shown) => {
        this.#others.set(seat, [stream, shown])
        this.#screen?.others.show(seat, stream, shown)
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

  /** The officer asks for a photo, or asked while the connection was broken. */
  #want(still) {
    if (still.request === this.#taken || still.request === this.#request?.request) return
    this.#request = still
    navigator.vibrate?.([60, 60, 60])
  }

  /** The photo is taken: say so at once, send it until it has arrived. */
  #keep(blob) {
    const { point } = this.#invitation
    const name = this.#request?.point || point?.name
    if (!name) return
    const missing = point && point.name === name ? Math.max(0, point.photos - point.photos_done - this.uploads.waitingFor(name) - 1) : 0
    this.#screen?.shot(missing ? say("call.taken_more", { n: missing }) : say("call.taken"))
    this.uploads.add({ blob, point: name, takenAt: new Date(), live: true, request: this.#request?.request })
    this.#taken = this.#request?.request || this.#taken
    this.#request = null
    this.#redraw()
  }

  /** A part of the invitation, heard otherwise than by asking for all of it. */
  #know(part) {
    this.onHeard()
    if (this.#invitation) Object.assign(this.#invitation, part)
  }

  #redraw() {
    const invitation = this.#invitation
    if (!this.#screen || !invitation) return
    const { link, quality, blocked, recorded, sends, error } = this.#call?.state || { link: "connecting", quality: "good", blocked: false, recorded: false, sends: "", error: null }
    const { point } = invitation
    const missing = point ? point.photos - point.photos_done - this.uploads.waitingFor(point.name) : 0
    this.#screen.update({
      invitation,
      link,
      blocked,
      recorded,
      sends,
      refused: link === "refused" ? error?.message || say("call.refused") : "",
      weak: quality === "weak",
      stopped: link === "paused",
      online: navigator.onLine,
      hasCamera: Boolean(this.camera.track),
      wanted: Boolean(this.#request) || missing > 0,
      missing,
      busy: this.#busy,
      mayGoOn: Boolean(this.uploads.told?.steps.length),
      waiting: this.uploads.waiting,
      silent: this.#silent,
      lit: this.#guided.lit,
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
