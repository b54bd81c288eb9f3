// Before there is a picture: what will be explained, when and by whom; and wherever none can be shown.

import { clock, dayInWords, when } from "../shared/format.js"
import { h, icon } from "../shared/dom.js"
import { button, callBureau, sheet, word } from "../shared/link-page.js"
import { language, named, say } from "../shared/words.js"

/** @param {(() => void) | null} onWatch once it is on air */
export function announced(watched, onWatch = null) {
  const about = named(watched, "item_type")
  return sheet({
    top: say("room"),
    children: [
      h("div", { class: "headline" }, onWatch && h("p", { class: "chip pass" }, icon("video"), say("on_air")), h("h1", {}, named(watched, "title")), about && h("p", { class: "quiet" }, about)),
      h(
        "dl",
        { class: "facts" },
        h("dt", {}, icon("clock"), say("before.when")),
        h("dd", {}, time(watched.starts_at)),
        h("dt", {}, icon("user"), say("before.presenter")),
        h("dd", {}, h("b", {}, watched.presenter), h("br"), named(watched.bureau)),
      ),
      !onWatch && h("p", { class: "notice", role: "status" }, icon("info"), h("span", {}, say("before.begins_itself"))),
      h("p", {}, say("before.how")),
      h("p", {}, say(watched.recorded ? "before.recorded" : "before.not_recorded")),
      onWatch ? callBureau(watched) : null,
    ],
    bar: [onWatch ? button("play", say("before.watch"), onWatch, "primary") : callBureau(watched)],
  })
}

export function unsupported(watched) {
  return sheet({
    top: named(watched, "title"),
    children: [word({ drawing: "rectify", title: say("unsupported.title"), lines: [say("unsupported.cure"), watched.recorded && say("unsupported.later")] })],
    bar: [callBureau(watched)],
  })
}

/** The link does not work, or nobody answers. */
export function trouble(what, watched, onAgain) {
  const offline = what.kind === "offline"
  return sheet({
    children: [word({ drawing: offline ? "offline" : "rectify", title: say(`trouble.${what.kind}`), lines: [say(`trouble.${what.kind}_cure`)] })],
    bar: [offline && button("undo", say("try_again"), onAgain, "primary"), callBureau(watched)],
  })
}

function time(moment) {
  if (language() === "zh") return when(moment)
  const words = dayInWords(moment)
  return `${words[0].toUpperCase()}${words.slice(1)}, ${clock(moment)}`
}
