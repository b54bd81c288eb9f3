// Going on without the call: one step at a time, what to show and how many photos; all of it stays on the phone until it is sent.

import { fill, h, icon } from "../shared/dom.js"
import { takeStill } from "../shared/still.js"
import { inWords, say } from "../shared/words.js"
import { film, photoFile, shutter, tool } from "./finder.js"
import { button, switcher, sketch } from "./parts.js"
import { discardButton, waitingWords, warnings } from "./waiting.js"

const SHOT_MILLISECONDS = 300

/**
 * @param {{camera: import("./camera.js").Camera, uploads: import("./uploads.js").Uploads, first: string, onBack: () => void, mayReturn: () => boolean}} options
 *   first: the point the officer showed last; mayReturn: whether the call could go on now
 * @returns {{node: Node, update: () => void, leave: () => void}}
 */
export function takeLater({ camera, uploads, first, onBack, mayReturn }) {
  const wanted = steps().filter((step) => missingOf(step) > 0)
  let name = (wanted.find((step) => step.name === first) || wanted[0])?.name // of the step in hand: the list may change meanwhile
  let busy = false
  let failed = false
  let drawn = ""

  const video = film(null, say("call.own_picture"), true)
  const tag = h("p", { class: "tag", role: "status" })
  const step = h("p", { class: "step" })
  const instruction = h("div", { class: "instruction", tabindex: "0", "aria-live": "polite" })
  const actions = h("div", { class: "actions" })
  const file = photoFile(say("call.take"), (photo) => keepOrSay(async () => photo))
  const node = h("main", { class: "call later" }, video, h("h1", { class: "visually-hidden" }, say("later.title")), h("div", { class: "top" }, h("div", { class: "left" }, tag, switcher())), h("section", { class: "bottom" }, step, instruction, actions), file)

  function steps() {
    return uploads.told?.steps || []
  }

  function missingOf(each) {
    return each.photos - uploads.countOf(each.name)
  }

  function update() {
    const all = steps()
    const at = Math.max(0, all.findIndex((each) => each.name === name))
    const here = all[at]
    name = here?.name
    const seen = camera.track?.readyState === "live"
    const left = here ? missingOf(here) : 0
    const done = all.length > 0 && all.every((each) => missingOf(each) <= 0)
    const warned = [failed && say("call.not_taken"), ...warnings(uploads)].filter(Boolean)
    const returns = navigator.onLine && mayReturn()
    const waiting = waitingWords(uploads)
    const words = waiting || say(returns ? "later.network_back" : "call.offline")
    if (tag.textContent !== words) fill(tag, icon(waiting ? "upload" : returns ? "signal" : "offline"), words)
    const now = JSON.stringify([name, all.length, left, busy, seen, done, warned, returns])
    if (now === drawn) return
    drawn = now
    fill(step, here && [say("call.step", { n: at + 1, total: all.length }), h("progress", { class: "progress", max: all.length, value: at + 1, "aria-label": say("call.progress") })])
    fill(
      instruction,
      warned.map((line) => h("p", { class: "warning" }, icon("rectify"), line)),
      sketch(here),
      h("p", { class: "say" }, here ? inWords(here.label) : say("later.no_steps")),
      here && inWords(here.hint) && h("p", {}, inWords(here.hint)),
      done && h("p", {}, icon("check"), say("later.all_taken")),
    )
    fill(
      actions,
      returns && button("video", say("later.return"), onBack, "primary"),
      here && shoot(seen, left),
      discardButton(uploads),
      h(
        "div",
        { class: "tools" },
        at > 0 && tool("left", say("later.before"), () => go(all[at - 1])),
        at < all.length - 1 && tool("right", say("later.next"), () => go(all[at + 1])),
        seen && tool("switch", say("call.flip"), async () => show(await camera.flip())),
        !returns && tool("undo", say("later.back"), onBack),
      ),
    )
  }

  function shoot(seen, left) {
    if (!seen || failed) return button("camera", say("call.take"), () => file.click(), "shutter-words")
    return shutter({ busy, words: say(busy ? "call.taking" : "call.take"), what: left > 0 ? say("call.photos_missing", { n: left }) : say("later.enough"), onclick: () => keepOrSay(async () => (await takeStill(camera.track)).blob) })
  }

  function go(to) {
    name = to.name
    update()
    instruction.scrollTo(0, 0)
    instruction.focus({ preventScroll: true })
  }

  function show(stream) {
    video.srcObject = stream
    video.play().catch(() => {})
    update()
  }

  /** Kept before anything is said: "taken" must be true. A camera that gives no photo leaves it to the phone's own camera app. */
  async function keepOrSay(photo) {
    const point = name
    busy = true
    update()
    try {
      await uploads.add({ blob: await photo(), point, takenAt: new Date(), live: false })
      failed = false
      node.classList.add("shot")
      setTimeout(() => node.classList.remove("shot"), SHOT_MILLISECONDS)
      navigator.vibrate?.(40)
    } catch {
      failed = true
    } finally {
      busy = false
      update()
    }
  }

  uploads.listeners.add(update)
  for (const change of ["online", "offline"]) addEventListener(change, update)
  if (camera.track?.readyState === "live") show(camera.stream)
  else camera.open().then(show)
  update()
  return {
    node,
    update,
    leave() {
      uploads.listeners.delete(update)
      for (const change of ["online", "offline"]) removeEventListener(change, update)
      video.srcObject = null
    },
  }
}
