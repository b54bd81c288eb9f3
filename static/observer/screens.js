// What an observer sees: before the applicant has agreed, the picture, and the end.

import { post } from "../shared/api.js"
import { h, icon } from "../shared/dom.js"
import { clock, dayInWords, when } from "../shared/format.js"
import { button, callBureau, sheet, switcher, word } from "../shared/link-page.js"
import { LivePicture } from "../shared/live-picture.js"
import { Others } from "../shared/others.js"
import { language, named, say } from "../shared/words.js"

/** @param {(() => void) | null} onWatch once the applicant has agreed */
export function asking(observed, onWatch = null) {
  return sheet({
    top: named(observed, "premises"),
    children: [
      h("div", {}, h("h1", {}, say("before.title")), h("p", { class: "quiet" }, named(observed, "item_type"))),
      h("p", {}, time(observed.starts_at), h("br"), say("before.by", { officer: observed.officer, bureau: named(observed.bureau) })),
      h("p", { class: "notice", role: "status" }, icon(onWatch ? "check" : "clock"), h("span", {}, say(onWatch ? "before.agreed" : "before.asking"))),
      h("p", {}, say("before.rules", { name: observed.name })),
      h("p", {}, say("before.no_copies")),
      onWatch ? callBureau(observed) : null,
    ],
    bar: [onWatch ? button("play", say("before.watch"), onWatch, "primary") : callBureau(observed)],
  })
}

export function over(observed) {
  return sheet({ top: named(observed, "premises"), children: [word({ drawing: "check", title: say("over.title"), lines: [say("over.what")], tone: "calm" })], bar: [callBureau(observed)] })
}

/** The link does not work, nobody answers, or the browser is too old. */
export function trouble({ kind }, onAgain) {
  const offline = kind === "offline"
  return sheet({
    children: [word({ drawing: offline ? "offline" : "rectify", title: say(`trouble.${kind}`), lines: [say(`trouble.${kind}_cure`)] })],
    bar: [offline && button("undo", say("try_again"), onAgain, "primary")],
  })
}

/** The call as an observer sees it: the applicant's picture, the officers beside it. */
export class Watching {
  /** @param {{observed: object, refetch: () => Promise<void>}} options */
  constructor({ observed, refetch }) {
    this.observed = observed
    this.picture = new LivePicture({
      name: named(observed, "premises"),
      tag: say("watching.tag"),
      signal: (sdp) => post("/observe/media", { sdp }),
      view: (sdp, ticket) => post("/observe/media/view", { sdp, ticket }),
      relays: () => this.observed.relays,
      beside: new Others(say("watching.officer")),
      onRefused: refetch,
    })
    this.node = h(
      "main",
      { class: "watching" },
      this.picture.node,
      h("div", { class: "words" }, h("div", { class: "first" }, h("p", { class: "quiet" }, named(observed, "item_type")), switcher()), h("h1", {}, named(observed, "premises")), h("p", {}, say("watching.known"))),
    )
  }

  update(observed) {
    this.observed = observed
  }

  renew(epoch) {
    this.picture.renew(epoch)
  }

  leave() {
    this.picture.leave()
  }
}

function time(moment) {
  if (language() === "zh") return when(moment)
  const words = dayInWords(moment)
  return `${words[0].toUpperCase()}${words.slice(1)}, ${clock(moment)}`
}
