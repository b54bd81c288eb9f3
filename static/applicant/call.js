// The call: the camera is the page, the officer small, one instruction, the shutter when a photo is wanted.

import { fill, h, icon } from "../shared/dom.js"
import { clock, when } from "../shared/format.js"
import { Others } from "../shared/others.js"
import { inWords, say } from "../shared/words.js"
import { readAloud, silence } from "./aloud.js"
import { film, photoFile, shutter, tool } from "./finder.js"
import { button, callBureau, observerIn, switcher, sketch } from "./parts.js"

/** What the officer gets, where it is less than everything. */
const SENDS = { good: "call.sends.good", fair: "call.sends.fair", slow: "call.sends.slow", sound: "call.sends.sound" }

const SHOT_MILLISECONDS = 300
const EARLY_MILLISECONDS = 1_800_000 // nobody waits half an hour on the line
const WORD_MILLISECONDS = 4_000

/**
 * Draws the call; `update` is called whenever anything it shows has changed.
 * The pictures stay in the page, so that words may change without a flicker.
 */
export class CallScreen {
  /** @param {{own: MediaStream, officer: MediaStream, onShutter: () => void, onFile: (file: File) => void, onFlip: () => void, onDarken: () => void,
   *          onRestore: () => void, onAgain: () => void, onLater: () => void, onHangUp: () => void, onSign: () => void, onObserver: (observer: object, answer: "agreement" | "refusal") => void, onPreview: () => void,
   *          onHeard: (heard: boolean) => void}} options onHeard: whether the browser lets the officer's sound through */
  constructor(options) {
    Object.assign(this, options)
    this.ownVideo = film(this.own, say("call.own_picture"), true)
    this.ownVideo.addEventListener("playing", () => this.onPreview(), { once: true })
    this.faceVideo = film(this.officer, say("call.officer_picture"), false)
    this.faceName = h("span", {})
    this.face = h("div", { class: "face" }, icon("user"), this.faceVideo, this.faceName)
    this.others = new Others(say("call.other_officer"))
    this.tag = h("p", { class: "tag", role: "status" })
    this.recorded = h("p", { class: "tag recorded", hidden: true }, icon("record"), say("call.recorded"))
    this.watching = h("div", { class: "watching", role: "status" })
    this.word = h("p", { class: "shot-word", role: "status", hidden: true })
    this.over = h("div", { class: "stopped-word" })
    this.bottom = h("section", { class: "bottom" })
    this.step = h("p", { class: "step" })
    this.instruction = h("div", { class: "instruction", tabindex: "0", "aria-live": "polite" }) // long words in large letters scroll, with keys too
    this.actions = h("div", { class: "actions" })
    this.bottom.append(this.step, this.instruction, this.actions)
    this.file = photoFile(say("call.take"), (file) => this.onFile(file))
    this.node = h("main", { class: "call" }, this.ownVideo, h("h1", { class: "visually-hidden" }, say("call.title")), h("div", { class: "top" }, h("div", { class: "left" }, this.tag, this.recorded, this.watching, switcher()), h("div", { class: "faces" }, this.face, this.others.node)), this.word, this.over, this.bottom, this.file)
    this.actionsShown = ""
    this.observersShown = ""
    this.chosen = 0 // the observer who may be asked to leave: a tap on their name asks nobody yet
  }

  /** The tap that starts the call also allows sound: play while the finger is still down. */
  unmute() {
    this.faceVideo.muted = false
    this.others.unmute()
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
   *          wanted: boolean, missing: number, mayGoOn: boolean, busy: boolean, waiting: number, silent: boolean, lit: boolean, weak: boolean, blocked: boolean, recorded: boolean, sends: string, refused: string}} state
   */
  update(state) {
    this.state = state
    const { invitation } = state
    const { point, officer } = invitation
    const stopped = Boolean(state.stopped || state.link === "lost" || state.refused || !state.online)
    this.node.classList.toggle("stopped", stopped)
    const [first, ...others] = invitation.seen
    this.faceName.textContent = (first || officer).name
    others.forEach((other, i) => this.others.call(i + 1, other?.name || ""))
    this.face.hidden = stopped || !invitation.expert_present
    fill(this.tag, this.#tag(state))
    this.recorded.hidden = stopped || !state.recorded || state.link !== "live"
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
      fill(this.instruction, invitation.expert_present && sketch(invitation.point), h("p", { class: "say" }, words[0]), words.slice(1).map((line) => h("p", {}, line)))
    }
    this.instruction.hidden = stopped
    const observers = stopped ? "" : JSON.stringify(invitation.observers)
    if (observers !== this.observersShown) {
      this.observersShown = observers
      fill(this.watching, stopped ? null : invitation.observers.filter((one) => one.status === "watching").map((one) => this.#seenBy(one)))
    }
    const actions = stopped ? `stopped ${state.stopped} ${state.refused} ${state.mayGoOn}` : `${state.wanted} ${state.missing} ${state.hasCamera && !this.byFile} ${state.busy} ${state.silent} ${state.lit} ${mayStillSign(invitation)} ${JSON.stringify(invitation.observers)}`
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
    this.others.leave()
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
    if (state.blocked) return [icon("offline"), say("call.blocked")]
    if (state.refused) return [icon("offline"), say("call.refused")]
    if (state.link === "lost") return [icon("offline"), say("call.lost")]
    if (state.stopped) return [icon("freeze"), say("call.camera_off")]
    if (state.waiting) return [icon("upload"), say("call.sending", { n: state.waiting })]
    if (state.link !== "live") return [icon("signal"), say("call.connecting")]
    if (SENDS[state.sends] && state.invitation.expert_present) return [icon("signal"), say(SENDS[state.sends])]
    return [icon("signal"), say(state.weak ? "call.weak" : "call.good")]
  }

  #words({ invitation }) {
    const { point, officer } = invitation
    const code = say("call.code", { code: invitation.check_code })
    if (!invitation.expert_present && Date.parse(invitation.starts_at) - Date.now() > EARLY_MILLISECONDS) return [say("call.early", { time: when(invitation.starts_at) }), say("call.early_how"), code]
    if (!invitation.expert_present) return [say("call.wait", { officer: officer.name }), say("call.wait_when", { time: clock(invitation.starts_at) }), code]
    if (!point) return [say("call.hello"), code]
    return [inWords(point.label), inWords(point.hint)].filter(Boolean)
  }

  #stopped(state) {
    if (state.stopped) return [icon("freeze"), h("h2", {}, say("call.stopped")), h("p", {}, say("call.stopped_how", { officer: state.invitation.officer.name }))]
    if (!state.online) return [icon("offline"), h("h2", {}, say("call.offline")), h("p", {}, say("call.offline_how"))]
    if (state.refused) return [icon("offline"), h("h2", {}, state.refused)]
    if (state.blocked) return [icon("offline"), h("h2", {}, say("call.blocked")), h("p", {}, say("call.blocked_how"))]
    return [icon("offline"), h("h2", {}, say("call.lost")), h("p", {}, say("call.lost_how"))]
  }

  #ways(state) {
    return [
      state.refused && button("undo", say("call.try_again"), () => this.onAgain(), "primary"),
      state.stopped && button("video", say("call.restore"), () => this.onRestore(), "primary"),
      !state.stopped && state.mayGoOn && button("camera", say("later.go_on"), () => this.onLater(), state.refused ? "" : "primary"),
      callBureau(state.invitation),
      button("hangup", say("call.hang_up"), () => this.onHangUp()),
    ]
  }

  #tools({ invitation, wanted, missing, hasCamera, busy, silent, lit }) {
    return [
      silent && button("sound", say("call.hear"), () => this.unmute(), "primary"),
      invitation.observers.map((one) => this.#observer(one)),
      wanted && this.#shutter(hasCamera && !this.byFile, busy, missing),
      h(
        "div",
        { class: "tools" },
        readAloud && tool("sound", say("call.again"), () => readAloud(this.said)),
        lit && tool("torch", say("call.darken"), () => this.onDarken()),
        hasCamera && tool("switch", say("call.flip"), () => this.onFlip()),
        mayStillSign(invitation) && tool("sign", say("call.sign"), () => this.onSign()),
        tool("hangup", say("call.hang_up"), () => this.onHangUp(), "leave"),
      ),
    ]
  }

  /** Who watches, over the picture. */
  #seenBy(one) {
    const choose = () => {
      this.chosen = this.chosen === one.id ? 0 : one.id
      this.observersShown = this.actionsShown = ""
      this.update(this.state)
    }
    return h("button", { class: "tag", "aria-expanded": String(this.chosen === one.id), onclick: choose }, icon("user"), say("observer.watching", { who: observerIn(one) }), icon("down"))
  }

  /** Asked about somebody who was invited later; and the way to have one leave. */
  #observer(one) {
    const refuse = button("close", say(one.agreed ? "observer.leave" : "observer.refuse", { who: observerIn(one) }), () => this.onObserver(one, "refusal"))
    if (one.agreed) return this.chosen === one.id && one.status === "watching" && refuse
    return h("div", { class: "observer", role: "alert" }, h("p", {}, say("observer.asks", { who: observerIn(one) })), h("div", { class: "pair" }, button("check", say("observer.agree"), () => this.onObserver(one, "agreement")), refuse))
  }

  #shutter(hasCamera, busy, missing) {
    if (!hasCamera) return button("camera", say("call.take"), () => this.file.click(), "shutter-words")
    return shutter({ busy, words: say(busy ? "call.taking" : "call.take"), what: missing > 0 ? say("call.photos_missing", { n: missing }) : say("call.photo_wanted"), onclick: () => this.onShutter() })
  }
}

const mayStillSign = (invitation) => Boolean(invitation.may_sign && !invitation.signed && invitation.point)
