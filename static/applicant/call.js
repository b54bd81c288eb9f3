// The call: the camera is the page, the officer small, one instruction, the shutter when a photo is wanted.

import { fill, h, icon } from "../shared/dom.js"
import { clock } from "../shared/format.js"
import { inWords, say } from "../shared/words.js"
import { readAloud, silence } from "./aloud.js"
import { button, callBureau, switcher } from "./parts.js"

const SHOT_MILLISECONDS = 300
const WORD_MILLISECONDS = 4_000

/**
 * Draws the call; `update` is called whenever anything it shows has changed.
 * The pictures stay in the page, so that words may change without a flicker.
 */
export class CallScreen {
  /** @param {{own: MediaStream, officer: MediaStream, onShutter: () => void, onFile: (file: File) => void, onFlip: () => void,
   *          onRestore: () => void, onHangUp: () => void, onSign: () => void, onPreview: () => void,
   *          onHeard: (heard: boolean) => void}} options onHeard: whether the browser lets the officer's sound through */
  constructor(options) {
    Object.assign(this, options)
    this.ownVideo = film(this.own, say("call.own_picture"), true)
    this.ownVideo.addEventListener("playing", () => this.onPreview(), { once: true })
    this.faceVideo = film(this.officer, say("call.officer_picture"), false)
    this.faceName = h("span", {})
    this.face = h("div", { class: "face" }, icon("user"), this.faceVideo, this.faceName)
    this.tag = h("p", { class: "tag", role: "status" })
    this.word = h("p", { class: "shot-word", role: "status", hidden: true })
    this.over = h("div", { class: "stopped-word" })
    this.bottom = h("section", { class: "bottom" })
    this.step = h("p", { class: "step" })
    this.instruction = h("div", { class: "instruction", tabindex: "0", "aria-live": "polite" }) // long words in large letters scroll, with keys too
    this.actions = h("div", { class: "actions" })
    this.bottom.append(this.step, this.instruction, this.actions)
    this.file = h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", id: "photo-file", tabindex: "-1", "aria-label": say("call.take"), onchange: (event) => {
      const [file] = event.target.files
      event.target.value = ""
      if (file) this.onFile(file)
    } })
    this.node = h("main", { class: "call" }, this.ownVideo, h("h1", { class: "visually-hidden" }, say("call.title")), h("div", { class: "top" }, h("div", { class: "left" }, this.tag, switcher()), this.face), this.word, this.over, this.bottom, this.file)
    this.actionsShown = ""
  }

  /** The tap that starts the call also allows sound: play while the finger is still down. */
  unmute() {
    this.faceVideo.muted = false
    this.#playOfficer()
  }

  /** The officer's picture and sound, again after each new connection. */
  useOfficer(stream) {
    this.faceVideo.srcObject = stream
    this.#playOfficer()
  }

  /** A new camera stream is in use. */
  useOwn(stream) {
    this.ownVideo.srcObject = stream
    this.ownVideo.play().catch(() => {})
  }

  /**
   * @param {{invitation: object, link: "connecting" | "live" | "lost" | "paused", stopped: boolean, online: boolean, hasCamera: boolean,
   *          wanted: boolean, missing: number, busy: boolean, waiting: number, silent: boolean, weak: boolean}} state
   */
  update(state) {
    const { invitation } = state
    const { point, officer } = invitation
    const stopped = state.stopped || state.link === "lost" || state.link === "refused" || !state.online
    this.node.classList.toggle("stopped", stopped)
    this.faceName.textContent = officer.name
    this.face.hidden = stopped || !invitation.expert_present
    fill(this.tag, this.#tag(state))
    fill(this.over, stopped ? this.#stopped(state) : null)
    this.over.hidden = !stopped
    if (stopped) this.word.hidden = true
    if (stopped) this.over.setAttribute("role", "alert")
    else this.over.removeAttribute("role")

    fill(this.step, point ? [say("call.step", { n: point.number, total: point.total }), h("progress", { class: "progress", max: point.total, value: point.number, "aria-label": say("call.progress") })] : null)
    this.step.hidden = !point
    const words = this.#words(state)
    if (words.join("\n") !== this.said) {
      this.said = words.join("\n")
      fill(this.instruction, h("p", { class: "say" }, words[0]), words.slice(1).map((line) => h("p", {}, line)))
    }
    this.instruction.hidden = stopped
    const actions = stopped ? `stopped ${state.stopped}` : `${state.wanted} ${state.missing} ${state.hasCamera && !this.byFile} ${state.busy} ${state.silent} ${mayStillSign(invitation)}`
    if (actions !== this.actionsShown) {
      this.actionsShown = actions
      fill(this.actions, stopped ? this.#ways(state) : this.#tools(state))
    }
  }

  /** White frame, click, and the word with the count: the photo is taken, whether or not it has arrived. */
  shot(words) {
    this.node.classList.add("shot")
    setTimeout(() => this.node.classList.remove("shot"), SHOT_MILLISECONDS)
    navigator.vibrate?.(40)
    this.tell(words)
  }

  /** A few words over the picture; they go by themselves, and nothing has to be tapped. */
  tell(words, drawing = "check") {
    fill(this.word, icon(drawing), words)
    this.word.hidden = false
    clearTimeout(this.timer)
    this.timer = setTimeout(() => (this.word.hidden = true), WORD_MILLISECONDS)
  }

  leave() {
    clearTimeout(this.timer)
    silence()
    this.ownVideo.srcObject = null
    this.faceVideo.srcObject = null
  }

  /** The camera gave no photo: the phone's own camera app can. */
  offerFile() {
    this.byFile = true
  }

  async #playOfficer() {
    try {
      await this.faceVideo.play()
      this.onHeard(true)
    } catch (error) {
      if (error.name === "NotAllowedError") this.onHeard(false) // a tap is needed: the page shows where
    }
  }

  #tag(state) {
    if (!state.online) return [icon("offline"), say("call.offline")]
    if (state.link === "lost" || state.link === "refused") return [icon("offline"), say("call.lost")]
    if (state.stopped) return [icon("freeze"), say("call.camera_off")]
    if (state.waiting) return [icon("upload"), say("call.sending", { n: state.waiting })]
    if (state.link !== "live") return [icon("signal"), say("call.connecting")]
    return [icon("signal"), say(state.weak ? "call.weak" : "call.good")]
  }

  #words({ invitation }) {
    const { point, officer } = invitation
    const code = say("call.code", { code: invitation.check_code })
    if (!invitation.expert_present) return [say("call.wait", { officer: officer.name }), say("call.wait_when", { time: clock(invitation.starts_at) }), code]
    if (!point) return [say("call.hello"), code]
    return [inWords(point.label), inWords(point.hint)].filter(Boolean)
  }

  #stopped(state) {
    if (state.stopped) return [icon("freeze"), h("h2", {}, say("call.stopped")), h("p", {}, say("call.stopped_how", { officer: state.invitation.officer.name }))]
    if (!state.online) return [icon("offline"), h("h2", {}, say("call.offline")), h("p", {}, say("call.offline_how"))]
    return [icon("offline"), h("h2", {}, say("call.lost")), h("p", {}, say("call.lost_how"))]
  }

  #ways(state) {
    return [
      state.stopped && button("video", say("call.restore"), () => this.onRestore(), "primary"),
      callBureau(state.invitation),
      button("hangup", say("call.hang_up"), () => this.onHangUp()),
    ]
  }

  #tools({ invitation, wanted, missing, hasCamera, busy, silent }) {
    return [
      silent && button("sound", say("call.hear"), () => this.unmute(), "primary"),
      wanted && this.#shutter(hasCamera && !this.byFile, busy, missing),
      h(
        "div",
        { class: "tools" },
        readAloud && tool("sound", say("call.again"), () => readAloud(this.said)),
        hasCamera && tool("switch", say("call.flip"), () => this.onFlip()),
        mayStillSign(invitation) && tool("sign", say("call.sign"), () => this.onSign()),
        tool("hangup", say("call.hang_up"), () => this.onHangUp(), "leave"),
      ),
    ]
  }

  #shutter(hasCamera, busy, missing) {
    if (!hasCamera) return button("camera", say("call.take"), () => this.file.click(), "shutter-words")
    return h("button", { class: "shutter", "aria-disabled": busy ? "true" : null, onclick: () => !busy && this.onShutter() }, h("i", { "aria-hidden": "true" }), h("span", {}, say(busy ? "call.taking" : "call.take"), h("small", {}, missing > 0 ? say("call.photos_missing", { n: missing }) : say("call.photo_wanted"))))
  }
}

const mayStillSign = (invitation) => Boolean(invitation.may_sign && !invitation.signed && invitation.point)

function film(stream, spoken, muted) {
  const video = h("video", { class: "scene", playsinline: true, autoplay: true, muted, "aria-label": spoken })
  video.muted = muted
  video.srcObject = stream
  return video
}

function tool(drawing, words, onclick, kind = "") {
  return h("button", { class: `tool ${kind}`.trim(), onclick }, icon(drawing), words)
}
