// The page of whoever watches a guidance session: before it, while it is on air, and afterwards.

import { get, NoAnswer, post, Problem } from "../shared/api.js"
import { Latest } from "../shared/latest.js"
import { show, tokenIn, whenSwitched } from "../shared/link-page.js"
import { language, loadWords, rememberLanguage, say } from "../shared/words.js"
import { announced, trouble, unsupported } from "./before.js"
import { refusedAs, screenFor, sessionIn } from "./route.js"

const HERE = new URL("./", import.meta.url).href
const SPREAD = 0.4 // by chance, so that a hundred pages do not ask at once

const here = { trouble: null, able: Boolean(globalThis.RTCPeerConnection), entered: false }
let watched = null
const latest = new Latest({ question: () => get(`/watch/${watched.id}`), take: know })
let token = ""
let shown = ""
let leave = () => {}
let screen = null // of the session on air, or of the replay: only told what changed
let poll = 0

start()

async function start() {
  token = tokenIn(location.hash)
  if (location.hash) history.replaceState(null, "", location.pathname + location.search)
  whenSwitched(switchLanguage)
  addEventListener("hashchange", () => location.reload()) // a second link opened in the same window
  const both = await Promise.allSettled([loadWords(HERE), enter()])
  if (both[0].status === "rejected") return location.reload()
  draw()
  ask()
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refetch({ anew: true }))
}

async function enter() {
  try {
    watched = token ? await post("/watch", { token }) : await get(`/watch/${sessionIn(location.search)}`)
    latest.heard()
    history.replaceState(null, "", `${location.pathname}?${watched.id}`) // loaded anew, the page knows which session it shows
    here.trouble = null
  } catch (error) {
    here.trouble = told(error)
  }
}

function told(error) {
  if (error instanceof Problem) return { kind: refusedAs(error.code, Boolean(watched)) }
  if (error instanceof NoAnswer) return { kind: "offline" }
  throw error
}

/** Fetch the truth again; silence is no news. `anew`: without waiting for what is on its way. */
async function refetch({ anew = false } = {}) {
  if (here.trouble || !watched) return
  try {
    await (anew ? latest.askAnew() : latest.ask())
  } catch (error) {
    if (error instanceof NoAnswer) return
    here.trouble = told(error)
    draw()
  }
}

/** What the server answered to a question that was sent: newer than what was asked for before. */
function take(answer) {
  latest.heard()
  know(answer)
}

function know(answer) {
  watched = answer
  draw()
}

/** Ask as often as the server would have it (it knows how many do), and no more once all is there. */
function ask() {
  clearTimeout(poll)
  if (here.trouble || !watched || (watched.status === "ended" && !watched.replay?.may_grow)) return
  poll = setTimeout(
    async () => {
      if (document.visibilityState === "visible") await refetch()
      ask()
    },
    1_000 * watched.ask_again * (1 - SPREAD / 2 + SPREAD * Math.random()),
  )
}

/** Draw the screen that fits; the same screen is only told what changed, so that nothing jumps under a finger. */
function draw({ anew = false } = {}) {
  const name = screenFor(watched, here)
  const version = JSON.stringify([name, language(), name === "live" || name === "ended" ? "" : { ...watched, ask_again: 0 }, ...(here.trouble ? [here.trouble] : [])])
  if (version === shown && !anew) return screen?.update(watched)
  shown = version
  leave()
  leave = () => {}
  screen = null
  SCREENS[name]()
}

const SCREENS = {
  opening: () => {},
  trouble: () => show(trouble(here.trouble, watched, again)),
  announced: () => show(announced(watched)),
  unsupported: () => show(unsupported(watched)),
  enter: drawEntrance,
  live: () => {}, // `watch` has drawn it
  ended: drawReplay,
}

function drawEntrance() {
  show(announced(watched, watch))
  import("./watching.js") // at hand when it is tapped
}

/** Inside the tap that lets sound through: the picture is asked to play while the finger is still down. */
async function watch() {
  const [drawn, { Watching }] = [shown, await import("./watching.js")]
  if (drawn !== shown) return
  here.entered = true
  shown = ""
  put(new Watching({ watched, refetch, take }))
  shown = JSON.stringify(["live", language(), ""])
}

async function drawReplay() {
  const drawn = shown
  const { Replayed } = await import("./replayed.js")
  if (drawn === shown) put(new Replayed({ watched }))
}

function put(next) {
  leave()
  screen = next
  leave = () => next.leave()
  show(next.node)
  next.update(watched)
}

async function again() {
  await enter()
  draw()
  ask()
}

async function switchLanguage(which) {
  rememberLanguage(which)
  await loadWords(HERE, which)
  if (screenFor(watched, here) === "live") return watch()
  draw({ anew: true })
}
