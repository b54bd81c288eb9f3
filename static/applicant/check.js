// Before the call: camera, microphone, network in plain words. It informs; it never blocks.

import { h, icon } from "../shared/dom.js"
import { say } from "../shared/words.js"
import { listen } from "./microphone.js"
import { button, premisesOf, sheet } from "./parts.js"

const SLOW_MILLISECONDS = 800 // one question to the server and back

const LOW_BATTERY = 0.5 // a survey with the camera on takes a third of an old battery

/** @returns {{nodes: Node[], leave: () => void}} */
export function check({ invitation, camera, probe, onStart, onPreview }) {
  let deaf = () => {}
  const video = h("video", { class: "scene", playsinline: true, autoplay: true, muted: true, "aria-label": say("call.own_picture") })
  video.muted = true
  video.addEventListener("playing", onPreview, { once: true })
  const preview = h("div", { class: "preview" }, video, h("p", { class: "preview-word" }, say("check.opening")))
  const lines = { picture: line("video", say("check.camera")), sound: line("mic", say("check.microphone")), network: line("signal", say("check.network")) }
  const advice = h("div", { role: "status", class: "advice" })
  const cures = new Map()

  const advise = (name, text) => {
    if (text) cures.set(name, text)
    else cures.delete(name)
    advice.replaceChildren(...[...cures.values()].map((cure) => h("p", { class: "notice rectify" }, icon("info"), h("span", {}, cure))))
  }
  const open = async () => {
    lines.picture.wait(say("check.allow"))
    lines.sound.wait(say("check.allow"))
    await camera.open()
    const seen = camera.picture === "ok"
    preview.classList.toggle("dark", !seen)
    preview.querySelector(".preview-word").textContent = seen ? "" : say(`check.camera_${camera.picture}`)
    preview.querySelector(".preview-word").hidden = seen
    video.srcObject = seen ? new MediaStream([camera.track]) : null // without its sound: nobody wants to hear themselves
    if (seen) video.play().catch(() => {})
    lines.picture.set(seen, say(seen ? "check.fine" : "check.none"))
    advise("picture", seen ? "" : say(`check.cure_camera_${camera.picture}`))
    if (camera.sound === "ok") {
      lines.sound.wait(say("check.speak"))
      deaf()
      deaf = listen(camera.stream, () => lines.sound.set(true, say("check.heard")))
    } else lines.sound.set(false, say("check.none"))
    advise("sound", camera.sound === "ok" ? "" : say(`check.cure_microphone_${camera.sound}`))
    again.hidden = seen && camera.sound === "ok"
    flip.hidden = !seen
  }
  const flip = button("switch", say("call.flip"), async () => {
    await camera.flip()
    if (camera.track) video.srcObject = new MediaStream([camera.track])
    video.play().catch(() => {})
  }, "switch")
  const again = button("undo", say("check.again"), open)
  again.hidden = true
  preview.append(flip)

  probe().then((milliseconds) => {
    const good = milliseconds < SLOW_MILLISECONDS
    lines.network.set(good, say(good ? "check.fine" : "check.slow"))
    advise("network", good ? "" : say("check.cure_network"))
  }, () => {
    lines.network.set(false, say("check.offline"))
    advise("network", say("check.cure_offline"))
  })
  battery().then((left) => left < LOW_BATTERY && advise("battery", say("check.cure_battery", { n: Math.round(left * 100) })))
  open()

  return {
    nodes: sheet({
      top: premisesOf(invitation),
      children: [h("h1", {}, say("check.title")), preview, h("ul", { class: "checks" }, Object.values(lines).map((each) => each.node)), advice, again],
      bar: [button("video", say("check.start"), () => onStart(), "primary")],
    }),
    leave() {
      deaf()
      video.srcObject = null
    },
  }
}

/** How full the battery is; full while it is charged, and on phones that do not say. */
async function battery() {
  const told = await navigator.getBattery?.().catch(() => null)
  return !told || told.charging ? 1 : told.level
}

function line(drawing, name) {
  const state = h("span", {})
  const place = h("i", {}, icon(drawing))
  const node = h("li", {}, place, name, state)
  return {
    node,
    wait(words) {
      node.className = "waiting"
      place.replaceChildren(icon(drawing))
      state.textContent = words
    },
    set(good, words) {
      node.className = good ? "ok" : "weak"
      place.replaceChildren(icon(good ? "pass" : "rectify"))
      state.textContent = words
    },
  }
}
