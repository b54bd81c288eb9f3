// What somebody who only watches sees: the picture, and words in its place while there is none.

import { fill, h, icon } from "./dom.js"
import { button } from "./link-page.js"
import { Call } from "./peer.js"
import { say } from "./words.js"

/** Connects when it is made; `leave` ends it. */
export class LivePicture {
  #call
  #name
  #state = null
  #silent = false // the browser lets no sound through before a tap
  #wakeLock = null
  #drawn = ""
  #redraw = () => this.#draw()
  #awake = () => document.visibilityState === "visible" && this.#stayAwake()

  /** @param {{name: string, tag: string, signal: (sdp: string) => Promise<object>, view: (sdp: string, ticket: string) => Promise<unknown>, relays: () => RTCIceServer[], beside?: import("./others.js").Others | null, onRefused: () => void}} options
   *    name: of whoever is seen; tag: what stands over the picture; beside: where more people are shown */
  constructor({ name, tag, signal, view, relays, beside = null, onRefused }) {
    this.#name = name
    this.words = tag
    this.video = h("video", { playsinline: true, autoplay: true, "aria-label": say("live.picture", { name }) })
    this.beside = beside
    this.tag = h("p", { class: "tag", role: "status" })
    this.over = h("div", { class: "over" })
    this.node = h("div", { class: "picture" }, this.video, beside?.node, this.tag, this.over)
    this.video.srcObject = new MediaStream() // played inside the tap, so that sound is allowed later
    this.video.play().catch(() => {})
    this.#call = new Call({
      getStream: async () => null,
      signal,
      view,
      relays,
      speaks: false,
      others: beside ? 2 : 0,
      onOther: (seat, stream, shown) => beside.show(seat, stream, shown),
      onState: (state) => {
        if (state.link === "refused" && this.#state?.link !== "refused") onRefused()
        this.#state = state
        this.#draw()
      },
      onStream: (stream) => {
        this.video.srcObject = stream
        this.#play()
      },
    })
    this.#call.start()
    this.#stayAwake()
    addEventListener("online", this.#redraw)
    addEventListener("offline", this.#redraw)
    document.addEventListener("visibilitychange", this.#awake)
  }

  /** What is watched begins anew on another media worker. */
  renew(epoch) {
    this.#call.renew(epoch)
  }

  leave() {
    this.#call.hangUp()
    this.video.srcObject = null
    this.beside?.leave()
    removeEventListener("online", this.#redraw)
    removeEventListener("offline", this.#redraw)
    document.removeEventListener("visibilitychange", this.#awake)
    this.#wakeLock?.release().catch(() => {})
  }

  async #play() {
    this.beside?.unmute()
    try {
      await this.video.play()
      this.#silent = false
    } catch (error) {
      if (error.name === "NotAllowedError") this.#silent = true
    }
    this.#draw()
  }

  #draw() {
    const over = this.#over()
    const version = over ? over.title : `${this.#silent} ${this.#state.sees}`
    if (version === this.#drawn) return
    this.#drawn = version
    fill(this.tag, over ? null : [icon("video"), this.#state.sees === "sound" ? say("live.sound_alone") : this.words])
    this.tag.hidden = Boolean(over)
    fill(this.over, over ? [icon(over.drawing), h("h2", {}, over.title), over.how && h("p", {}, over.how), over.way] : this.#silent && button("sound", say("live.hear"), () => this.#play(), "primary"))
    this.over.classList.toggle("empty-over", !over)
    this.over.setAttribute("role", over?.alarming ? "alert" : "status")
  }

  /** What to know while there is no picture: why, and what to do; null while there is one. */
  #over() {
    const { link, blocked, other, error } = this.#state || { link: "connecting" }
    if (!navigator.onLine) return { drawing: "offline", title: say("live.offline"), how: say("live.offline_how"), alarming: true }
    if (link === "refused") return { drawing: "rectify", title: error?.message || say("live.refused"), way: button("undo", say("try_again"), () => this.#call.start(), "primary"), alarming: true }
    if (blocked) return { drawing: "offline", title: say("live.blocked"), how: say("live.blocked_how"), alarming: true }
    if (link === "lost") return { drawing: "offline", title: say("live.lost"), how: say("live.lost_how"), alarming: true }
    if (link !== "live") return { drawing: "signal", title: say("live.connecting") }
    if (!other) return { drawing: "clock", title: say("live.absent", { name: this.#name }), how: say("live.absent_how") }
    return null
  }

  async #stayAwake() {
    try {
      this.#wakeLock = await navigator.wakeLock?.request("screen")
    } catch {
      // Low battery: the phone may sleep, the picture comes back on waking.
    }
  }
}
