// What the pages behind a link share: one sheet of large words, actions under the thumb, two languages.

import { fill, h, icon } from "./dom.js"
import { language, say } from "./words.js"

/** A page of words with an optional bar of actions under the thumb. */
export function sheet({ top = null, children, bar = [] }) {
  const actions = bar.flat(Infinity).filter(Boolean)
  const kind = actions.length === 2 && actions.every((each) => each.classList.contains("choice")) ? "bar" : "bar one"
  return [
    h("main", { class: actions.length ? "sheet has-bar" : "sheet" }, h("div", { class: "first" }, h("p", { class: "quiet" }, top || say("brand")), switcher()), children),
    actions.length ? h("nav", { class: kind, "aria-label": say("choose") }, actions) : null,
  ]
}

let onSwitch = () => {}
let foot = null

/** Words at the foot of every page of words, from now on. @param {{node: Node, update: () => void}} words */
export function alwaysShow(words) {
  foot = words
  document.querySelector(".sheet")?.append(foot.node)
}

/** What happens when the reader asks for the other language. */
export function whenSwitched(listener) {
  onSwitch = listener
}

/** The way to the other language, in that language. */
export function switcher() {
  const other = language() === "zh" ? "en" : "zh"
  return h("button", { class: "button language", lang: other === "zh" ? "zh-CN" : "en", onclick: () => onSwitch(other) }, other === "zh" ? "中文" : "English")
}

export function button(drawing, words, onclick, kind = "") {
  return h("button", { class: `button ${kind}`.trim(), onclick }, drawing && icon(drawing), words)
}

/** A way to speak to a person, wherever the page knows the bureau's number; `told` is what the server told the page. */
export function callBureau(told, kind = "") {
  const number = told?.bureau?.phone
  if (!number) return null
  return h("a", { class: `button ${kind}`.trim(), href: `tel:${number.replace(/[^\d+]/g, "")}` }, icon("phone"), say("phone_bureau"))
}

/** One thing in large words: what has happened, and what happens next. */
export function word({ drawing, title, lines = [], tone = "" }) {
  return h("section", { class: `verdict ${tone}`.trim() }, icon(drawing), h("h1", {}, title), lines.filter(Boolean).map((line) => h("p", {}, line)))
}

/** Show this page, and bring its heading to whoever cannot see it. */
export function show(nodes) {
  const page = document.getElementById("page")
  fill(page, nodes)
  foot?.update()
  if (foot) page.querySelector(".sheet")?.append(foot.node)
  scrollTo(0, 0)
  const heading = page.querySelector("h1")
  if (heading) {
    heading.tabIndex = -1
    heading.focus({ preventScroll: true })
    document.title = `${heading.textContent} · ${say("brand")}`
  }
}

/** The token of an address like /j#TOKEN, and "" where there is none. */
export function tokenIn(hash) {
  const found = /^#(?:token=)?([A-Za-z0-9_-]{20,})$/.exec(hash)
  return found ? found[1] : ""
}
