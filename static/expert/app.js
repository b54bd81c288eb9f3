// The expert's pages: my day, and one survey, by video or on site. The address says which.

import { get, Problem } from "../shared/api.js"
import { loadWords, say } from "../shared/words.js"
import { effect, html, render, signal } from "../vendor/view.js"
import { Day } from "./day.js"
import { Loading, Mishap } from "./parts.js"
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
  } catch (error) {
    if (error instanceof Problem && error.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`)
    else failure.value = error
  }
}

function App() {
  const { survey, day } = route.value
  if (failure.value) return html`<main class="alone"><${Mishap} error=${failure.value} again=${enter} /></main>`
  if (!me.value) return html`<main class="alone"><${Loading} what=${say("day.loading")} /></main>`
  return survey ? html`<${Survey} key=${survey} id=${survey} me=${me.value} />` : html`<${Day} key=${day} day=${day} me=${me.value} />`
}

/** #survey=7 or #day=2026-11-24; anything else is today. */
function read() {
  const wanted = new URLSearchParams(location.hash.slice(1))
  const survey = Number(wanted.get("survey"))
  const day = wanted.get("day") || ""
  return { survey: Number.isInteger(survey) && survey > 0 ? survey : 0, day: /^\d{4}-\d\d-\d\d$/.test(day) ? day : "" }
}
