// The invitation: who calls, what to have ready, and two choices of one weight.

import { clock, dayInWords, when } from "../shared/format.js"
import { h, icon } from "../shared/dom.js"
import { inWords, language, named, say } from "../shared/words.js"
import { button, callBureau, observerIn, premisesOf, rich, sheet } from "./parts.js"

/** @param {{agree: () => void, onSite: () => void, refuse: (observer: object) => void}} choose */
export function invite(invitation, choose, problem) {
  const { officer, bureau } = invitation
  const busy = (event, then) => {
    for (const each of document.querySelectorAll(".choice")) each.setAttribute("aria-disabled", "true")
    event.currentTarget.setAttribute("aria-busy", "true")
    then()
  }
  return sheet({
    top: premisesOf(invitation),
    children: [
      h("div", {}, h("h1", {}, time(invitation), h("br"), say("invite.title")), h("p", { class: "quiet" }, named(invitation, "item_type"))),
      problem && h("p", { class: "notice fail", role: "alert" }, icon("fail"), h("span", {}, problem)),
      h("p", {}, rich(say("invite.what", { officer: officer.name, n: invitation.minutes }))),
      h(
        "section",
        { class: "identity", "aria-label": say("invite.officer") },
        h("div", { class: "portrait" }, icon("user")),
        h("div", {}, h("h2", {}, officer.name), h("p", {}, named(bureau))),
        officer.badge && h("p", { class: "chip info whole" }, icon("shield"), say("invite.badge", { badge: officer.badge })),
        h("p", { class: "same-code whole" }, say("check_code"), h("b", {}, invitation.check_code)),
        h("p", { class: "whole" }, rich(say("invite.code_use"))),
      ),
      invitation.prepare.length > 0 && h("section", {}, h("h2", {}, say("invite.prepare")), h("ol", { class: "numbered" }, invitation.prepare.map((each) => h("li", {}, inWords(each))))),
      invitation.observers.length > 0 && h("section", {}, h("h2", {}, say("invite.observers")), h("p", {}, rich(say("invite.observers_how"))), h("ul", { class: "observers" }, invitation.observers.map((one) => h("li", {}, h("b", {}, observerIn(one)), button("close", say("observer.refuse"), () => choose.refuse(one)))))),
      h("section", {}, h("h2", {}, say("invite.recorded")), h("p", {}, rich(say(recordedWords(invitation), { n: invitation.kept_months })))),
      callBureau(invitation),
    ],
    bar: [
      h("button", { class: "choice", onclick: (event) => busy(event, choose.agree) }, icon("video"), say("invite.agree")),
      h("button", { class: "choice", onclick: (event) => busy(event, choose.onSite) }, icon("store"), say("invite.on_site")),
    ],
  })
}

function recordedWords({ recorded, kept_months }) {
  if (!recorded) return "invite.recorded_how"
  return kept_months ? "invite.recorded_months" : "invite.recorded_kept"
}

function time(invitation) {
  const moment = invitation.starts_at
  if (language() === "zh") {
    return when(moment).split(" ").flatMap((words) => [h("span", { class: "unit" }, words), " "])
  }
  const words = dayInWords(moment)
  return [words[0].toUpperCase() + words.slice(1), ", ", h("span", { class: "unit" }, clock(moment))]
}
