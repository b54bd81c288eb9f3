// Questions: the one in hand, a box to write one, one's own, and everybody else's.

import { newKey, NoAnswer, post, untilHeard } from "../shared/api.js"
import { fill, h, icon } from "../shared/dom.js"
import { button } from "../shared/link-page.js"
import { say } from "../shared/words.js"
import { sorted } from "./route.js"

/** By state: icon and kind of chip. */
const STATES = { waiting: ["clock", ""], answering: ["say", "info"], answered: ["check", "pass"] }

export class Asking {
  #watched = null
  #busy = false

  /** @param {{take: (answer: object) => void}} options take: what the server answers to a question is the newest state */
  constructor({ take }) {
    this.take = take
    this.inHand = h("div", { "aria-live": "polite" })
    this.box = h("textarea", { class: "input", id: "question", rows: 2, "aria-describedby": "question-hint" })
    this.said = h("div", { role: "status" })
    this.send = button("right", say("ask.send"), () => {}, "primary")
    this.form = h(
      "form",
      { class: "field", onsubmit: (event) => (event.preventDefault(), this.#ask()) },
      h("label", { for: "question" }, say("ask.label")),
      this.box,
      h("p", { class: "quiet", id: "question-hint" }, say("ask.public")),
      this.said,
      this.send,
    )
    this.mine = h("ul", { class: "questions" })
    this.mineWhole = h("section", { hidden: true }, h("h2", {}, say("ask.mine")), this.mine)
    this.others = h("ul", { class: "questions" })
    this.count = h("summary", {})
    this.othersWhole = h("details", { hidden: true }, this.count, this.others)
    this.node = h("div", { class: "asking" }, this.inHand, this.form, this.mineWhole, this.othersWhole)
  }

  update(watched) {
    this.#watched = watched
    this.box.maxLength = watched.longest_question
    const { inHand, mine, others } = sorted(watched.questions)
    const told = inHand ? `${inHand.id} ${inHand.mine}` : ""
    if (told !== this.told) {
      this.told = told
      fill(this.inHand, inHand && h("section", { class: "in-hand" }, h("h2", {}, icon("say"), say(inHand.mine ? "ask.answering_yours" : "ask.answering")), h("p", {}, inHand.text)))
    }
    this.mineWhole.hidden = mine.length === 0
    fill(this.mine, mine.map((one) => line(one)))
    this.othersWhole.hidden = others.length === 0
    this.count.textContent = say("ask.others", { n: others.length })
    fill(this.others, others.map((one) => line(one)))
  }

  async #ask() {
    if (this.#busy) return
    this.#busy = true
    this.send.setAttribute("aria-disabled", "true")
    const [key, text, agreed_to] = [newKey(), this.box.value, this.#watched.consent_version]
    try {
      const answer = await untilHeard(() => post(`/watch/${this.#watched.id}/questions`, { text, agreed_to }, { key }), { onWait: () => this.#tell("offline", say("ask.waiting"), "rectify") })
      this.box.value = ""
      this.#tell("check", say("ask.sent"))
      this.take(answer)
    } catch (error) {
      this.#tell("fail", error instanceof NoAnswer ? say("ask.waiting") : error.message, "fail")
    } finally {
      this.#busy = false
      this.send.removeAttribute("aria-disabled")
    }
  }

  #tell(drawing, words, kind = "") {
    fill(this.said, h("p", { class: `notice ${kind}`.trim() }, icon(drawing), h("span", {}, words)))
  }
}

/** One question with its state; once it is over, nobody waits any more. */
export function line(question, isOver = false) {
  const [drawing, kind] = STATES[question.status]
  const state = isOver && question.status === "waiting" ? "unanswered" : question.status
  return h("li", {}, h("p", {}, question.text), h("p", { class: `chip ${kind}`.trim() }, icon(drawing), say(`question.${state}`)))
}
