// What waits on this phone, in words: how many photos, whether they go, and what stands in their way.

import { fill, h, icon } from "../shared/dom.js"
import { say } from "../shared/words.js"
import { button } from "./parts.js"

const LINK_GONE = ["not_signed_in", "link_invalid"] // revoked, or opened on another phone

/** One line on the state of what waits; "" when nothing does. @param {import("./uploads.js").Uploads} uploads */
export function waitingWords({ waiting: n, refused, reached, sent, store }) {
  if (!n) return ""
  if (refused && !LINK_GONE.includes(refused.code)) return refused.message
  if (refused) return say(store.lacks ? "later.link_gone_unkept" : "later.link_gone", { n })
  if (reached) return say("later.sending", { n: sent + 1, total: sent + n })
  return say("later.on_phone", { n })
}

/** What must be known of them besides, a line each: that closing this page loses some, that some are not wanted. */
export function warnings({ store, waiting, pieces }) {
  const refused = pieces.filter((piece) => piece.refused)
  return [
    store.lacks && waiting > 0 && say(store.lacks === "full" ? "later.full" : "later.private"),
    refused.length > 0 && `${say("later.not_taken", { n: refused.length })} ${refused[0].refused}`,
  ].filter(Boolean)
}

/** The way to let go of what the server will never take. */
export function discardButton(uploads) {
  const unwanted = uploads.refused?.code === "no_longer_taken" ? uploads.pieces.length > 0 : uploads.pieces.some((piece) => piece.refused)
  return unwanted && button("close", say("later.discard"), () => uploads.discardRefused())
}

/** For the foot of pages of words: keeps itself up to date; hidden while nothing waits. */
export function waitingStrip(uploads) {
  const node = h("section", { class: "waiting-strip" })
  const update = () => {
    const words = waitingWords(uploads)
    const warned = warnings(uploads)
    const n = uploads.others.length
    node.hidden = !words && !warned.length && !n
    fill(
      node,
      words && h("p", { class: "notice", role: "status" }, icon("upload"), h("span", {}, words)),
      words && !uploads.refused && uploads.reached && h("progress", { class: "progress", max: uploads.sent + uploads.waiting, value: uploads.sent, "aria-label": words }),
      warned.map((line) => h("p", { class: "notice rectify" }, icon("rectify"), h("span", {}, line))),
      discardButton(uploads),
      n > 0 && [h("p", { class: "notice rectify", role: "status" }, icon("rectify"), h("span", {}, say("later.other", { n }))), button("close", say("later.discard_other", { n }), () => uploads.discardOthers())],
    )
  }
  uploads.listeners.add(update)
  update()
  return { node, update }
}
