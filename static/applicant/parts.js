// Parts several of the applicant's screens share; those of every page behind a link are in shared/link-page.js.

import { h } from "../shared/dom.js"
import { inWords, named, say } from "../shared/words.js"

export { alwaysShow, button, callBureau, sheet, show, switcher, whenSwitched, word } from "../shared/link-page.js"

/** Words with numbers that must not part from their units: text between ** is strong. */
export function rich(text) {
  return text.split("**").map((piece, i) => (i % 2 ? h("b", {}, piece) : piece))
}

/** What is right beside what is wrong, small beside the words; tapped, it grows. Without a network it stays away. */
export function sketch(point) {
  if (!point?.sketch) return null
  const grow = () => node.setAttribute("aria-expanded", String(node.getAttribute("aria-expanded") === "false"))
  const picture = h("img", { src: `/static/sketches/${point.sketch}.svg`, alt: inWords(point.good), width: 240, height: 160, onerror: () => node.remove() })
  const node = h("button", { type: "button", class: "sketch", "aria-expanded": "false", onclick: grow }, picture)
  return node
}

/** "王红（社会监督员）" */
export const observerIn = (one) => say("observer", { name: one.name, capacity: say(`capacity.${one.capacity}`) })

export const premisesOf = (invitation) => (invitation ? named(invitation, "premises") : "")
