// Signing in: a name, a password, and on to the page of one's role.

import { NoAnswer, post } from "../shared/api.js"
import { fill, h, icon } from "../shared/dom.js"
import { choose, isDark } from "../shared/theme.js"
import { language, loadWords, rememberLanguage, say } from "../shared/words.js"
import { pageAfter } from "./destination.js"

const page = document.getElementById("page")

async function start() {
  await loadWords(new URL("./", import.meta.url).href)
  document.title = say("title")
  fill(page, h("header", { class: "top" }, h("span", { class: "brand" }, say("brand")), languages(), light()), card())
  document.getElementById("name").focus()
}

function card() {
  const name = h("input", { class: "input", id: "name", name: "sign_in_name", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true })
  const password = h("input", { class: "input", id: "password", name: "password", type: "password", autocomplete: "current-password", required: true })
  const words = h("div", { role: "alert" })
  const button = h("button", { class: "button primary" }, say("sign_in"))
  const send = async (event) => {
    event.preventDefault()
    const empty = [name, password].filter((field) => !field.value)
    mark(name, password, empty)
    if (empty.length > 0) return complain(words, say(empty[0] === name ? "name_missing" : "password_missing"), empty[0])
    if (button.getAttribute("aria-disabled")) return undefined
    button.setAttribute("aria-disabled", "true")
    fill(button, say("signing_in"))
    fill(words)
    try {
      const { account } = await post("/sign-in", { sign_in_name: name.value.trim(), password: password.value })
      location.replace(pageAfter(account.role, new URLSearchParams(location.search).get("next")))
    } catch (error) {
      button.removeAttribute("aria-disabled")
      fill(button, say("sign_in"))
      const wrong = error.code === "sign_in_failed"
      mark(name, password, wrong ? [name, password] : [])
      password.value = ""
      complain(words, wordsOf(error), password)
    }
    return undefined
  }
  return h("main", { class: "sign-in" },
    h("h1", {}, say("welcome")),
    h("p", { class: "quiet" }, say("what")),
    h("form", { novalidate: true, onsubmit: send },
      words,
      h("div", { class: "field" }, h("label", { for: "name" }, say("name")), name),
      h("div", { class: "field" }, h("label", { for: "password" }, say("password")), password, shown(password)),
      button,
    ),
    h("p", { class: "quiet small" }, say("forgotten")),
  )
}

function mark(name, password, wrong) {
  for (const field of [name, password]) {
    if (wrong.includes(field)) field.setAttribute("aria-invalid", "true")
    else field.removeAttribute("aria-invalid")
  }
}

function complain(place, words, field) {
  fill(place, h("p", { class: "notice fail" }, icon("fail"), h("span", {}, words)))
  field.focus()
}

function wordsOf(error) {
  if (error instanceof NoAnswer) return say(error.message === "429" ? "too_many" : "no_answer")
  return error.message
}

function shown(password) {
  const box = h("input", { type: "checkbox", onchange: () => (password.type = box.checked ? "text" : "password") })
  return h("label", { class: "shown" }, box, say("show_password"))
}

function languages() {
  const speak = (which) => {
    rememberLanguage(which)
    start()
  }
  return h("span", { class: "languages", role: "group", "aria-label": say("language") },
    ["zh", "en"].map((which) => h("button", { type: "button", lang: which, "aria-pressed": String(which === language()), onclick: () => speak(which) }, say(`language.${which}`))),
  )
}

function light() {
  const turn = () => {
    choose("theme", isDark() ? "light" : "dark")
    button.setAttribute("aria-pressed", String(isDark()))
  }
  const button = h("button", { type: "button", class: "button plain", "aria-pressed": String(isDark()), onclick: turn }, icon("moon"), say("dark"))
  return button
}

start()
