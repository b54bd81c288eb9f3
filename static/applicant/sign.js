// Signing with a finger.

import { h, icon } from "../shared/dom.js"
import { BOX, isSigned, penOn } from "../shared/signature.js"
import { say } from "../shared/words.js"
import { button, premisesOf, sheet } from "./parts.js"

const SVG = "http://www.w3.org/2000/svg"

/** @param {{invitation: object, onSign: (name: string, strokes: number[][][]) => Promise<void>, onBack: () => void}} options */
export function sign({ invitation, onSign, onBack }) {
  const box = document.createElementNS(SVG, "svg")
  box.setAttribute("viewBox", `0 0 ${BOX.width} ${BOX.height}`)
  box.setAttribute("class", "pen")
  box.setAttribute("role", "img")
  box.setAttribute("aria-label", say("sign.box"))
  box.append(document.createElementNS(SVG, "path"))
  const name = h("input", { class: "input", id: "name", autocomplete: "name", maxlength: 40 })
  const trouble = h("p", { class: "notice rectify", role: "alert", hidden: true })
  const pen = penOn(box, () => (trouble.hidden = true))
  const refuse = (words) => {
    trouble.replaceChildren(icon("rectify"), h("span", {}, words))
    trouble.hidden = false
  }
  const done = button("sign", say("sign.done"), async () => {
    if (!name.value.trim()) {
      refuse(say("sign.no_name"))
      name.focus()
      return
    }
    if (!isSigned(pen.strokes())) {
      refuse(say("sign.no_strokes"))
      return
    }
    if (done.getAttribute("aria-disabled")) return
    done.setAttribute("aria-disabled", "true")
    try {
      await onSign(name.value.trim(), pen.strokes())
    } catch (error) {
      done.removeAttribute("aria-disabled")
      refuse(error.message)
    }
  }, "primary")
  return sheet({
    top: premisesOf(invitation),
    children: [
      h("h1", {}, say("sign.title")),
      h("p", {}, say("sign.what")),
      h("div", { class: "field" }, h("label", { for: "name" }, say("sign.name")), name),
      h("div", { class: "field" }, h("p", { class: "label" }, say("sign.box")), box, button("undo", say("sign.clear"), pen.clear)),
      trouble,
      button("left", say("sign.back"), onBack, "plain"),
    ],
    bar: [done],
  })
}
