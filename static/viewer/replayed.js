// Afterwards: the replay, and the questions from which one can jump to their answers.

import { fill, h, icon } from "../shared/dom.js"
import { clock, day } from "../shared/format.js"
import { callBureau, switcher } from "../shared/link-page.js"
import { Replay } from "../shared/replay.js"
import { named, say } from "../shared/words.js"
import { line } from "./asking.js"

export class Replayed {
  #player = null // the replay, once there is one
  #stretches = [] // files of it, as the server said last
  #known = 0 // how many of them the player has
  #now = { seconds: 0, playing: false }

  /** @param {{watched: object}} options */
  constructor({ watched }) {
    const film = (hidden) => h("video", { playsinline: true, hidden, "aria-label": say("live.picture", { name: watched.presenter }) })
    this.screen = [film(false), film(true)]
    this.play = h("button", { class: "button play", onclick: () => this.#player.toggle() })
    this.slider = h("input", { type: "range", min: 0, step: 0.1, "aria-label": say("replay.position"), oninput: () => this.#player.seek(Number(this.slider.value)) })
    this.clock = h("span", { class: "unit" })
    this.picture = h("div", { class: "picture" }, this.screen)
    this.controls = h("div", { class: "controls" }, this.play, this.slider, this.clock)
    this.none = h("div", { role: "status" })
    this.questions = h("section", { class: "asking" })
    this.node = h(
      "main",
      { class: "watching" },
      h("div", { class: "seen" }, this.picture, this.controls),
      h(
        "div",
        { class: "words" },
        h("div", { class: "first" }, h("p", { class: "quiet" }, say("replay.over")), switcher()),
        h("h1", {}, named(watched, "title")),
        h("p", { class: "quiet" }, say("replay.by", { name: watched.presenter, day: day(watched.starts_at), time: clock(watched.starts_at) })),
        this.none,
        this.questions,
        callBureau(watched),
      ),
    )
  }

  update(watched) {
    const { replay } = watched
    const there = Boolean(replay?.stretches.length)
    this.picture.hidden = this.controls.hidden = !there
    this.node.classList.toggle("wordy", !there)
    fill(this.none, !there && h("p", { class: "notice" }, icon("info"), h("span", {}, say(replay?.may_grow ? "replay.soon" : "replay.none"))))
    if (there) this.#stretches = replay.stretches
    if (!this.#now.playing) this.#catchUp()
    this.#list(watched, there ? replay.moments : [])
  }

  leave() {
    this.#player?.stop()
  }

  /** The last seconds come a while after the end. What plays is not disturbed: at its next pause or jump they are there, and it stays where it was. */
  #catchUp() {
    if (this.#stretches.length <= this.#known) return
    const at = this.#now.seconds
    this.#known = this.#stretches.length
    this.#player?.stop()
    this.screen.forEach((film, n) => (film.hidden = n > 0)) // the two may have changed places
    this.#player = new Replay(this.#stretches, { screen: this.screen, onChange: (now) => this.#show(now) })
    if (at) this.#player.seek(at)
  }

  #show(now) {
    const whole = this.#player?.seconds || 0
    const paused = this.#now.playing && !now.playing
    if (now.playing !== this.#now.playing || !this.play.firstChild) fill(this.play, icon(now.playing ? "freeze" : "play"), say(now.playing ? "replay.pause" : "replay.play"))
    this.#now = now
    this.slider.max = whole
    this.slider.value = now.seconds
    const [played, all] = [minutes(now.seconds), minutes(whole)]
    this.slider.setAttribute("aria-valuetext", say("replay.at", { played, all }))
    this.clock.textContent = `${played} / ${all}`
    if (paused) this.#catchUp()
  }

  #list(watched, moments) {
    const at = new Map(moments.map((moment) => [moment.question, moment]))
    const jump = (moment) => (this.#catchUp(), this.#player.jump(moment.stretch_id, moment.seconds), this.picture.scrollIntoView({ block: "nearest" }))
    const entry = (question) => {
      const moment = at.get(question.id)
      return moment ? h("li", {}, h("button", { class: "button jump", onclick: () => jump(moment) }, icon("play"), h("span", {}, question.text))) : line(question, true)
    }
    fill(this.questions, watched.questions.length > 0 && [h("h2", {}, say("replay.questions")), at.size > 0 && h("p", { class: "quiet" }, say("replay.jump")), h("ul", { class: "questions" }, watched.questions.map(entry))])
  }
}

/** "3:05" */
const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
