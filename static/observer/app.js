// The page of an observer of a call (旁听): what it is, whether the applicant agrees, and the picture.

import { get, NoAnswer, post, Problem } from "../shared/api.js"
import { Latest } from "../shared/latest.js"
import { show, tokenIn, whenSwitched } from "../shared/link-page.js"
import { Live } from "../shared/live.js"
import { language, loadWords, rememberLanguage } from "../shared/words.js"
import { screenFor } from "./route.js"
import { asking, over, trouble, Watching } from "./screens.js"

const HERE = new URL("./", import.meta.url).href
const ASK_MILLISECONDS = 5_000

const here = { trouble: null, able: Boolean(globalThis.RTCPeerConnection), entered: false }
let observed = null
const latest = new Latest({ question: () => get("/observe"), take: (answer) => (observed = answer) })
let token = ""
let shown = ""
let watching = null
let live = null

start()

async function start() {
  token = tokenIn(location.hash)
  if (location.hash) history.replaceState(null, "", location.pathname)
  whenSwitched(switchLanguage)
  addEventListener("hashchange", () => location.reload()) // a second link opened in the same window
  const both = await Promise.allSettled([loadWords(HERE), enter()])
  if (both[0].status === "rejected") return location.reload()
  draw()
  setInterval(() => !live?.isUp && document.visibilityState === "visible" && refetch(), ASK_MILLISECONDS)
}

async function enter() {
  try {
    observed = token ? await post("/observe", { token }) : await get("/observe")
    latest.heard()
    here.trouble = null
    listen()
  } catch (error) {
    here.trouble = told(error)
  }
}

function told(error) {
  if (error instanceof Problem) return { kind: "gone" }
  if (error instanceof NoAnswer) return { kind: "offline" }
  throw error
}

/** Fetch the truth again; silence is no news. `anew`: without waiting for what is on its way. */
async function refetch({ anew = false } = {}) {
  if (!observed || here.trouble?.kind === "gone") return
  try {
    await (anew ? latest.askAnew() : latest.ask())
  } catch (error) {
    if (error instanceof NoAnswer) return
    here.trouble = told(error)
  }
  draw()
}

/** While this socket is up both sides are told that somebody watches; the server ends the picture with it. */
function listen() {
  if (live) return
  live = new Live({ on: { "session.changed": () => refetch(), "media.renewed": ({ epoch }) => watching?.renew(epoch) }, onUp: () => refetch({ anew: true }), as: "observer" })
  live.open().catch(() => (live = null)) // not loaded: the page keeps asking instead
}

function draw({ anew = false } = {}) {
  const name = screenFor(observed, here)
  const version = JSON.stringify([name, language(), name === "watching" ? "" : observed, ...(here.trouble ? [here.trouble] : [])])
  if (version === shown && !anew) return watching?.update(observed)
  shown = version
  watching?.leave()
  watching = null
  if (name === "over" || here.trouble?.kind === "gone") live?.close()
  SCREENS[name]()
}

const SCREENS = {
  opening: () => {},
  trouble: () => show(trouble(here.trouble, again)),
  asking: () => show(asking(observed)),
  unsupported: () => show(trouble({ kind: "old" }, null)),
  enter: () => show(asking(observed, watch)),
  watching: watch,
  over: () => show(over(observed)),
}

/** Inside the tap that lets sound through. */
function watch() {
  here.entered = true
  shown = JSON.stringify(["watching", language(), ""])
  watching?.leave()
  watching = new Watching({ observed, refetch })
  show(watching.node)
}

async function again() {
  await enter()
  draw()
}

async function switchLanguage(which) {
  rememberLanguage(which)
  await loadWords(HERE, which)
  draw({ anew: true })
}
