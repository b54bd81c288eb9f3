// The applicant's phone: one state, one screen at a time.

import { get, NoAnswer, post, Problem } from "../shared/api.js"
import { language, loadWords, rememberLanguage, say } from "../shared/words.js"
import { invite } from "./invite.js"
import { show, whenSwitched } from "./parts.js"
import { screenFor, tokenIn, whatIsMissing } from "./route.js"

const HERE = new URL("./", import.meta.url).href
const POLL_MILLISECONDS = 2_000
const SAFETY_MILLISECONDS = 15_000 // hints may be lost; the truth is fetched now and then all the same

const here = { trouble: null, lacks: whatIsMissing(globalThis), asked: false, checked: false, hungUp: false, signing: false }
let invitation = null
let problem = "" // the last refusal, shown on the screen where it happened
let token = ""
let shown = ""
let leave = () => {}
let camera = null // opened for the check, handed on to the call
let calling = null // the call under way: loaded once the camera's picture shows
let poll = 0

start()

async function start() {
  token = tokenIn(location.hash)
  if (location.hash) history.replaceState(null, "", location.pathname)
  whenSwitched(switchLanguage)
  addEventListener("hashchange", () => location.reload()) // a second link opened in the same window
  const both = await Promise.allSettled([loadWords(HERE), enter()])
  if (both[0].status === "rejected") return location.reload()
  draw()
  ask()
}

async function enter() {
  try {
    invitation = token ? await post("/join", { token }) : await get("/applicant")
    here.trouble = null
  } catch (error) {
    here.trouble = told(error)
  }
}

function told(error) {
  if (error instanceof Problem) return { kind: "link", gone: error.code.startsWith("link") } // else no link was opened here: "sign in" means nothing to an applicant
  if (error instanceof NoAnswer) return { kind: "offline" }
  throw error
}

/** Fetch the truth again; silence is no news. */
export async function refetch() {
  try {
    take(await get("/applicant"))
  } catch (error) {
    if (error instanceof Problem) revoke(error)
    else if (!(error instanceof NoAnswer)) throw error
  }
}

function revoke(error) {
  here.trouble = told(error)
  stopCall()
  draw()
}

function take(answer) {
  invitation = answer
  if (invitation.status === "ended" || invitation.status === "missed") {
    stopCall()
  }
  draw()
}

/** Ask every 2 s while something may change and no socket tells; every 15 s beside a socket. */
function ask() {
  clearTimeout(poll)
  const waiting = invitation && !here.trouble && invitation.stage !== "consent" && invitation.stage !== "on_site" && !invitation.result
  poll = setTimeout(
    async () => {
      if (waiting && document.visibilityState === "visible") await refetch()
      ask()
    },
    calling?.isTold ? SAFETY_MILLISECONDS : POLL_MILLISECONDS,
  )
}

/** Draw the screen that fits; the same screen is only told what changed, so that nothing jumps under a finger. */
function draw({ anew = false } = {}) {
  const screen = screenFor(invitation, here)
  const version = JSON.stringify([screen, language(), problem, screen === "call" || screen === "check" ? "" : invitation])
  if (screen === "call" && shown.startsWith('["call"') && !anew) return calling?.update(invitation)
  if (version === shown && !anew) return
  shown = version
  leave()
  leave = () => {}
  document.documentElement.classList.toggle("in-call", screen === "call")
  SCREENS[screen]()
}

const SCREENS = {
  opening: () => {},
  invite: () => show(invite(invitation, { agree, onSite: () => consent("on_site") }, problem)),
  check: drawCheck,
  call: drawCall,
  sign: drawSign,
  trouble: after(({ trouble }) => trouble(here.trouble, invitation, again)),
  unsupported: after(({ unsupported }) => unsupported(invitation, here.lacks, { address: token ? `${location.origin}${location.pathname}#${token}` : "", onSite: () => consent("on_site") })),
  on_site: after(({ onSite }) => onSite(invitation)),
  hung_up: after(({ hungUp }) => hungUp(invitation, () => move({ hungUp: false }))),
  missed: after(({ missed }) => missed(invitation)),
  wait_result: after(({ waitResult }) => waitResult(invitation, () => move({ signing: true }))),
  result: after(({ result }) => result(invitation, () => move({ signing: true }))),
}

/** Screens of words only, fetched when one is needed: the first picture must not wait for them. */
function after(make) {
  return async () => {
    const drawn = shown
    const screens = await import("./after.js")
    if (drawn === shown) show(make(screens))
  }
}

function move(changes) {
  Object.assign(here, changes)
  problem = ""
  draw()
  ask()
}

async function again() {
  await enter()
  draw()
  ask()
}

function agree() {
  if (here.lacks) return move({ asked: true })
  return consent("agreed")
}

async function consent(choice) {
  const device = { browser: navigator.userAgent.slice(0, 300), screen: `${screen.width}x${screen.height}`, online: navigator.onLine }
  try {
    invitation = await post("/applicant/consent", { choice, language: language(), device })
    problem = ""
  } catch (error) {
    problem = error instanceof Problem ? error.message : say("trouble.offline_cure")
  }
  draw({ anew: Boolean(problem) })
  ask()
}

async function drawCheck() {
  const [{ Camera }, { check }] = await Promise.all([import("./camera.js"), import("./check.js")])
  if (screenFor(invitation, here) !== "check") return
  camera ||= new Camera()
  const onStart = () => {
    calling?.tapped(invitation)
    move({ checked: true })
  }
  const screen = check({ invitation, camera, probe, onStart, onPreview: async () => (await callWith(camera)).listen() })
  leave = screen.leave
  show(screen.nodes)
}

async function callWith(camera) {
  const { Calling } = await import("./calling.js")
  calling ||= new Calling({ camera, refetch, onHangUp: hangUp, onSign: () => move({ signing: true }), onRevoked: refetch })
  return calling
}

async function drawCall() {
  camera ||= new (await import("./camera.js")).Camera()
  const call = await callWith(camera)
  if (screenFor(invitation, here) !== "call") return
  document.title = say("call.title")
  leave = call.show(document.getElementById("page"), invitation)
}

async function drawSign() {
  const { sign } = await import("./sign.js")
  show(
    sign({
      invitation,
      onBack: () => move({ signing: false }),
      onSign: async (name, strokes) => {
        await post("/applicant/signature", { name, strokes }).catch((error) => {
          throw error instanceof NoAnswer ? new Error(say("trouble.offline_cure")) : error
        })
        here.signing = false
        await refetch()
        draw()
      },
    }),
  )
}

function hangUp() {
  stopCall()
  move({ hungUp: true })
}

function stopCall() {
  calling?.stop()
  calling = null
  camera?.close()
  camera = null
}

/** How long one question to the server takes, in milliseconds. */
async function probe() {
  const began = performance.now()
  await get("/applicant")
  return performance.now() - began
}

async function switchLanguage(which) {
  rememberLanguage(which)
  await loadWords(HERE, which)
  draw({ anew: true })
  if (invitation) refetch()
}
