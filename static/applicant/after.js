// After the call, and wherever no call can be: what happened, and what happens next.

import { h, icon } from "../shared/dom.js"
import { dayInWords } from "../shared/format.js"
import { named, say } from "../shared/words.js"
import { button, callBureau, premisesOf, rich, sheet, word } from "./parts.js"

const FINDINGS = { pass: ["pass", "good"], rectify: ["rectify", ""], fail: ["fail", "bad"] }

/** The verdict, what to put right, the signature, the record. */
export function result(invitation, onSign) {
  const { finding, rectify_by: by, rectifications = [] } = invitation.result
  const [drawing, tone] = FINDINGS[finding] || FINDINGS.rectify
  const lines = [finding === "rectify" && by ? rich(say("result.rectify_by", { day: dayInWords(by) })) : say(`result.${finding}_next`)]
  return sheet({
    top: premisesOf(invitation),
    children: [
      word({ drawing, title: say(`result.${finding}`, { n: rectifications.length }), lines, tone }),
      rectifications.length > 0 && h("section", {}, h("h2", {}, say("result.todo")), h("ol", { class: "numbered todo" }, rectifications.map(({ text }) => h("li", {}, text)))),
      invitation.signed && h("p", { class: "signed" }, icon("sign"), say("result.signed")),
      !invitation.signed && invitation.may_sign && button("sign", say("call.sign"), onSign),
      h("a", { class: "button", href: "/api/v1/applicant/record.pdf", target: "_blank", rel: "noopener" }, icon("file"), say("result.record")),
    ],
    bar: [callBureau(invitation)],
  })
}

/** The call is over, the verdict is not given yet. */
export function waitResult(invitation, onSign) {
  return sheet({
    top: premisesOf(invitation),
    children: [
      word({ drawing: "check", title: say("ended.title"), lines: [say("ended.what"), invitation.signed && say("result.signed")], tone: "calm" }),
      invitation.may_sign && !invitation.signed && h("p", {}, say("ended.please_sign")),
    ],
    bar: [invitation.may_sign && !invitation.signed && button("sign", say("call.sign"), onSign, "primary"), callBureau(invitation)],
  })
}

export function onSite(invitation) {
  return sheet({
    top: premisesOf(invitation),
    children: [word({ drawing: "store", title: say("on_site.title"), lines: [say("on_site.what"), say("on_site.same")], tone: "calm" })],
    bar: [callBureau(invitation)],
  })
}

export function missed(invitation) {
  return sheet({
    top: premisesOf(invitation),
    children: [word({ drawing: "overdue", title: say("missed.title"), lines: [say("missed.what")] })],
    bar: [callBureau(invitation)],
  })
}

export function hungUp(invitation, onReturn) {
  return sheet({
    top: premisesOf(invitation),
    children: [word({ drawing: "hangup", title: say("hung_up.title"), lines: [say("hung_up.what")] })],
    bar: [button("video", say("hung_up.return"), onReturn, "primary"), callBureau(invitation)],
  })
}

/** This browser cannot make the call: three ways out. */
export function unsupported(invitation, why, { address, onSite: choose }) {
  const copied = h("p", { role: "status" })
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address)
      copied.textContent = say("unsupported.copied")
    } catch {
      copied.replaceChildren(say("unsupported.copy_by_hand"), h("br"), h("span", { class: "address" }, address))
    }
  }
  return sheet({
    top: premisesOf(invitation),
    children: [word({ drawing: "rectify", title: say("unsupported.title"), lines: [say(`unsupported.${why}`)] }), address && h("div", { class: "field" }, button("joint", say("unsupported.copy"), copy), copied), callBureau(invitation)],
    bar: invitation?.stage === "consent" ? [button("store", say("invite.on_site"), choose)] : [],
  })
}

/** The bureau took the appointment back: in the server's words, a heading and its lines, and whom to call. */
function putOff({ message, values }) {
  const [title, ...lines] = message.replaceAll("-", "\u2011").split("\n") // a telephone number stays in one piece
  return sheet({
    top: named(values, "bureau"),
    children: [word({ drawing: "calendar", title, lines, tone: "calm" })],
    bar: [callBureau({ bureau: values })],
  })
}

/** The link does not work, or nobody answers; then photos may be taken all the same, where it is known of what. */
export function trouble(what, invitation, onAgain, onLater) {
  if (what.error?.code === "survey_put_off") return putOff(what.error)
  const gone = what.error?.code.startsWith("link") // else no link was opened here: "sign in" means nothing to an applicant
  const lines = gone ? [what.error.message] : [say(`trouble.${what.kind}_cure`), what.kind === "link" && say("trouble.link_else")]
  return sheet({
    children: [word({ drawing: what.kind === "offline" ? "offline" : "rectify", title: say(`trouble.${what.kind}`), lines })],
    bar: [onLater && button("camera", say("later.go_on"), onLater, "primary"), what.kind !== "link" && button("undo", say("trouble.again"), onAgain, onLater ? "" : "primary"), callBureau(invitation)],
  })
}
