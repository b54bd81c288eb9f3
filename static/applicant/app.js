// The applicant's phone: one state, one screen at a time.

import { get, NoAnswer, post, Problem } from "../shared/api.js"
import { Latest } from "../shared/latest.js"
import { tokenIn } from "../shared/link-page.js"
import { language, loadWords, rememberLanguage, say } from "../shared/words.js"
import { invite } from "./invite.js"
import { show, whenSwitched } from "./parts.js"
import { screenFor, whatIsMissing } from "./route.js"

const HERE = new URL("./", import.meta.url).href
const POLL_MILLISECONDS = 2_000
const OPEN_MILLISECONDS = 3_000 // without an answer, what this phone remembers opens the page
const SAFETY_MILLISECONDS = 15_000 // hints may be lost; the truth is fetched now and then all the same

const here = { trouble: null, lacks: whatIsMissing(globalThis), asked: false, checked: false, hungUp: false, signing: false, later: false }
let invitation = null
const latest = new Latest({ question: () => get("/applicant"), take })
let problem = "" // the last refusal, shown on the screen where it happened
let token = ""
let shown = ""
let leave = () => {}
let camera = null // opened for the check, handed on to the call
let calling = null // the call under way: loaded once the camera's picture shows
let goingOn = null // the screen of taking photos without it
let kept = null // what this phone keeps (kept.js), once it is loaded
let poll = 0
let entering = null

start()

async function start() {
  token = tokenIn(location.hash)
  if (location.hash) history.replaceState(null, "", location.pathname)
  whenSwitched(switchLanguage)
  addEventListener("hashchange", () => location.reload()) // a second link opened in the same window
  const both = await Promise.allSettled([loadWords(HERE), enterOrRecall()])
  if (both[0].status === "rejected") return location.reload()
  draw()
  ask()
  await keep()
}

/** As soon as the server answers; where it is silent and this phone remembers its invitation, that serves meanwhile. */
async function enterOrRecall() {
  const entered = enter()
  await Promise.race([entered, new Promise((resolve) => setTimeout(resolve, OPEN_MILLISECONDS))])
  if (invitation || here.trouble) return
  kept ||= await import("./kept.js")
  const remembered = await kept.recalled(token)
  if (!remembered || invitation || here.trouble) return entered
  invitation = remembered
  here.trouble = { kind: "offline" }
}

/** One question at a time, however often it is asked. */
function enter() {
  return (entering ||= letIn().finally(() => (entering = null)))
}

async function letIn() {
  try {
    invitation = token ? await post("/join", { token }) : await get("/applicant")
    latest.heard()
    here.trouble = null
  } catch (error) {
    here.trouble = told(error)
  }
}

function told(error) {
  if (error instanceof Problem) return { kind: "link", error }
  if (error instanceof NoAnswer) return { kind: "offline" }
  throw error
}

/** What waits on this phone goes; and where the server lets nobody in, what this phone remembers serves. */
async function keep() {
  kept ||= await import("./kept.js")
  if (!here.trouble) await kept.keep(invitation, token)
  else {
    const remembered = await kept.recalled(token)
    if (here.trouble?.kind === "offline") invitation ||= remembered
  }
  draw()
}

/** Fetch the truth again; silence is no news. */
export async function refetch({ anew = false } = {}) {
  try {
    await (anew ? latest.askAnew() : latest.ask())
  } catch (error) {
    if (error instanceof Problem) return revoke(error)
    if (!(error instanceof NoAnswer)) throw error
    if (!here.later || calling) return
    here.trouble = told(error) // no call says whether there is a network
    draw()
  }
}

function revoke(error) {
  here.trouble = told(error)
  stopCall()
  draw()
}

function take(answer) {
  invitation = answer
  kept?.keep(invitation, token)
  if (invitation.status === "ended" || invitation.status === "missed") {
    stopCall()
  }
  draw()
}

/** Ask every 2 s while something may change and no socket tells; every 15 s beside a socket. */
function ask() {
  clearTimeout(poll)
  const offline = here.trouble?.kind === "offline"
  const waiting = invitation && !here.trouble && invitation.stage !== "consent" && invitation.stage !== "on_site" && !invitation.result
  poll = setTimeout(
    async () => {
      if (offline) await again()
      else if (waiting && document.visibilityState === "visible") await refetch()
      ask()
    },
    calling?.isTold ? SAFETY_MILLISECONDS : POLL_MILLISECONDS,
  )
}

/** Draw the screen that fits; the same screen is only told what changed, so that nothing jumps under a finger. */
function draw({ anew = false } = {}) {
  const screen = screenFor(invitation, here)
  const version = JSON.stringify([screen, language(), problem, ["call", "check", "later"].includes(screen) ? "" : invitation, screen === "trouble" && [here.trouble, mayGoOn()]])
  if (shown.startsWith(`["${screen}"`) && !anew) {
    if (screen === "call") return calling?.update(invitation)
    if (screen === "later") return goingOn?.update()
  }
  if (version === shown && !anew) return
  shown = version
  leave()
  leave = () => {}
  document.documentElement.classList.toggle("in-call", screen === "call" || screen === "later")
  SCREENS[screen]()
}

const SCREENS = {
  opening: () => {},
  invite: () => show(invite(invitation, { agree, onSite: () => consent("on_site"), refuse: (observer) => answer(observer, "refusal") }, problem)),
  check: drawCheck,
  call: drawCall,
  later: drawLater,
  sign: drawSign,
  trouble: after(({ trouble }) => trouble(here.trouble, invitation, again, here.trouble.kind === "offline" && mayGoOn() && goOn)),
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
  await keep()
}

/** Whether photos may be taken without the call: agreed to, not over, and known of what. */
const mayGoOn = () => Boolean(invitation?.stage === "ready" && ["waiting", "live"].includes(invitation.status) && !here.lacks && kept?.uploads.told?.steps.length)

const goOn = () => move({ later: true })

function agree() {
  if (here.lacks) return move({ asked: true })
  return consent("agreed")
}

async function consent(choice) {
  const device = { browser: navigator.userAgent.slice(0, 300), screen: `${screen.width}x${screen.height}`, online: navigator.onLine }
  try {
    const observers = invitation.observers.map((one) => one.id) // who was named on the page
    invitation = await post("/applicant/consent", { choice, language: language(), agreed_to: invitation.consent_version, device, observers })
    latest.heard()
    problem = ""
  } catch (error) {
    if (error.status === 410) return revoke(error)
    problem = error instanceof Problem ? error.message : say("trouble.offline_cure")
    if (error.code === "consent_missing") await enter() // its words have changed: to be read anew
  }
  draw({ anew: Boolean(problem) })
  ask()
}

/** Agree to an observer, or not. */
async function answer(observer, what) {
  try {
    take(await post(`/applicant/observers/${observer.id}/${what}`))
    latest.heard()
  } catch (error) {
    if (error.status === 410) return revoke(error)
    problem = error instanceof Problem ? error.message : say("trouble.offline_cure")
    draw()
  }
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
  kept ||= await import("./kept.js")
  calling ||= new Calling({
    camera,
    uploads: kept.uploads,
    refetch,
    onHeard: () => latest.heard(),
    isLater: () => here.later,
    onState: () => goingOn?.update(),
    onLater: goOn,
    onObserver: answer,
    onHangUp: hangUp,
    onSign: () => move({ signing: true }),
    onRevoked: refetch,
  })
  getReady()
  return calling
}

async function drawCall() {
  camera ||= new (await import("./camera.js")).Camera()
  const call = await callWith(camera)
  if (screenFor(invitation, here) !== "call") return
  document.title = say("call.title")
  leave = call.show(document.getElementById("page"), invitation)
}

/** What is needed once the network is gone, fetched while it is there and the picture shows already. */
async function getReady() {
  const all = Promise.all([import("./remembered.js"), import("./later.js"), import("./after.js"), kept.uploads.learn()])
  await all.then(([{ keepPage }]) => keepPage(), () => {}) // gone already: what is there serves
}

async function drawLater() {
  const [{ Camera }, { takeLater }] = await Promise.all([import("./camera.js"), import("./later.js")])
  if (screenFor(invitation, here) !== "later") return
  camera ||= new Camera()
  goingOn = takeLater({ camera, uploads: kept.uploads, first: invitation.point?.name || "", onBack: () => move({ later: false }), mayReturn: () => (calling ? calling.isUp : !here.trouble) })
  leave = () => {
    goingOn.leave()
    goingOn = null
  }
  document.title = say("later.title")
  document.getElementById("page").replaceChildren(goingOn.node)
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
  if (here.trouble?.error) await enter() // it may be said in the server's words
  draw({ anew: true })
  if (invitation) refetch()
}
