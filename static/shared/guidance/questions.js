// The viewers' questions, for whoever answers them: the one in hand, those that wait, and what became of the others.

import { html, useState } from "../../vendor/view.js"
import { patch } from "../api.js"
import { iconAddress } from "../dom.js"
import { clock } from "../format.js"
import { say } from "../words.js"

/** What may be done with a question: the words on the button, and what it becomes. The first is the usual one. */
const WAYS = {
  answering: [["question.done", "answered"], ["question.later", "waiting"], ["question.hide", "hidden"]],
  waiting: [["question.take", "answering"], ["question.was", "answered"], ["question.hide", "hidden"]],
  answered: [["question.again", "answering"], ["question.hide", "hidden"]],
  hidden: [["question.show", "waiting"]],
}

/** What may be done now: nothing is taken up while nobody speaks. */
const waysOf = ({ status }, live) => WAYS[status].filter(([, to]) => live || to !== "answering")

/** @param {{guidance: object, may: boolean, take: (answer: object) => void, failed: (error: Error) => void}} props take: the newest state, as the server answers */
export function Questions({ guidance, may, take, failed }) {
  const [busy, setBusy] = useState(0)
  const put = async (question, status) => {
    if (busy) return
    setBusy(question.id)
    try {
      take(await patch(`/guidance/${guidance.id}/questions/${question.id}`, { status }))
    } catch (error) {
      failed(error)
    } finally {
      setBusy(0)
    }
  }
  const of = (status) => guidance.questions.filter((one) => one.status === status)
  const list = (status) => html`<ul class="asked-list">${of(status).map((one) => html`<${Question} key=${one.id} question=${one} ways=${may ? waysOf(one, guidance.status === "live") : []} busy=${busy === one.id} put=${put} />`)}</ul>`
  if (guidance.questions.length === 0) return html`<p class="quiet">${say("question.none")}</p>`
  return html`
    ${of("answering").length > 0 && html`<section class="in-hand" aria-live="polite"><h3>${say("question.answering")}</h3>${list("answering")}</section>`}
    ${of("waiting").length > 0 && html`<section><h3>${say("question.waiting", { n: of("waiting").length })}</h3>${list("waiting")}</section>`}
    ${["answered", "hidden"].map((status) => of(status).length > 0 && html`<details key=${status}><summary>${say(`question.${status}`, { n: of(status).length })}</summary>${list(status)}</details>`)}`
}

function Question({ question, ways, busy, put }) {
  return html`<li>
    <p>${question.text} <span class="quiet small unit">${clock(question.asked_at)}</span></p>
    ${ways.length > 0 && html`<div class="ways">${ways.map(([words, status], n) => html`<button key=${words} type="button" class=${`button ${n ? "plain" : ""}`} aria-disabled=${busy ? "true" : null} onClick=${() => put(question, status)}>${say(words)}<span class="visually-hidden">: ${question.text}</span></button>`)}</div>`}
  </li>`
}

/** How many watch now. */
export function Watching({ n }) {
  return html`<span class="row"><svg class="icon" aria-hidden="true"><use href=${iconAddress("user")} /></svg>${say("guidance.watching", { n })}</span>`
}
