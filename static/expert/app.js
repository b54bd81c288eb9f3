// The expert's pages: my day, one survey by video or on site, or a guidance session. The address says which.

import { get, Problem } from "../shared/api.js"
import { loadWords, say } from "../shared/words.js"
import { effect, html, render, signal } from "../vendor/view.js"
import { Day } from "./day.js"
import { Icon, Loading, Mishap } from "./parts.js"
import { Presenting } from "./presenting.js"
import { opener, signedOut, toSignIn } from "./signed-in.js"
import { Survey } from "./survey.js"

const route = signal(read())
const me = signal(null)
const failure = signal(null)

addEventListener("hashchange", () => (route.value = read()))
start()

async function start() {
  try {
    await loadWords(new URL("./", import.meta.url).href)
  } catch {
    return location.reload() // without words there is nothing to show
  }
  effect(() => render(html`<${App} />`, document.getElementById("page")))
  await enter()
}

async function enter() {
  failure.value = null
  try {
    me.value = await get("/me")
    opener.value = me.value.account
  } catch (error) {
    if (error instanceof Problem && error.status === 401) toSignIn()
    else failure.value = error
  }
}

function App() {
  return html`${signedOut.value && html`<${SignedOut} />`}<${Page} />`
}

/** In another window, so that nothing written here is lost. */
function SignedOut() {
  return html`<div class="signed-out notice rectify" role="alert"><${Icon} name="rectify" /><span><b>${say("signed_out", { name: opener.value.name })}</b> ${say("signed_out.kept", { name: opener.value.name })}</span><a class="button primary" href="/sign-in?next=%2Fexpert%2F" target="_blank" rel="noopener">${say("signed_out.go")}</a></div>`
}

function Page() {
  const { survey, guidance, day } = route.value
  if (failure.value) return html`<main class="alone"><${Mishap} error=${failure.value} again=${enter} /></main>`
  if (!me.value) return html`<main class="alone"><${Loading} what=${say("day.loading")} /></main>`
  if (guidance) return html`<${Presenting} key=${guidance} id=${guidance} me=${me.value} />`
  return survey ? html`<${Survey} key=${survey} id=${survey} me=${me.value} />` : html`<${Day} key=${day} day=${day} me=${me.value} />`
}

/** #survey=7, #guidance=3 or #day=2026-11-24; anything else is today. */
function read() {
  const wanted = new URLSearchParams(location.hash.slice(1))
  const number = (name) => (/^[1-9]\d*$/.test(wanted.get(name)) ? Number(wanted.get(name)) : 0)
  const day = wanted.get("day") || ""
  return { survey: number("survey"), guidance: number("guidance"), day: /^\d{4}-\d\d-\d\d$/.test(day) ? day : "" }
}
