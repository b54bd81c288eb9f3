// States as colour, shape and word, always all three.

import { dayInWords } from "../shared/format.js"
import { say } from "../shared/words.js"
import { html } from "../vendor/view.js"
import { Icon } from "./states.js"

const SOON_DAYS = 2

/** [kind of chip, icon] by state. */
const CASE = { received: ["", "list"], planned: ["info", "calendar"], notified: ["info", "check"], surveying: ["info", "play"], rectifying: ["rectify", "rectify"], decided: ["pass", "file"], withdrawn: ["", "na"] }
const SURVEY = { open: ["", "list"], scheduled: ["info", "calendar"], under_way: ["info", "play"], concluded: ["pass", "check"], void: ["", "na"] }
const FINDING = { pass: ["pass", "pass"], rectify: ["rectify", "rectify"], fail: ["fail", "fail"] }
const NOTICE = { waiting: ["", "clock"], sent: ["pass", "check"], failed: ["fail", "fail"] }
const IMPORT = { previewed: ["rectify", "clock"], stored: ["pass", "check"], undone: ["", "undo"] }
const PLAN = { queued: ["", "clock"], running: ["info", "play"], draft: ["rectify", "pen"], published: ["pass", "check"], discarded: ["", "na"], failed: ["fail", "fail"] }
const SESSION = { waiting: ["", "clock"], live: ["pass", "video"], ended: ["", "check"], missed: ["overdue", "phone"] }
const ROUND = { draft: ["rectify", "pen"], published: ["info", "calendar"], under_way: ["pass", "car"], finished: ["", "check"], cancelled: ["", "na"] }
const GUIDANCE = { announced: ["info", "calendar"], live: ["pass", "video"], ended: ["", "check"], closed: ["", "na"] }
const DISPOSAL = { proposed: ["rectify", "user"], confirmed: ["info", "clock"], done: ["", "check"], withdrawn: ["", "undo"] }
const KINDS = { case: CASE, survey: SURVEY, finding: FINDING, notice: NOTICE, import: IMPORT, plan: PLAN, session: SESSION, round: ROUND, guidance: GUIDANCE, disposal: DISPOSAL }

/** One state in its chip: <State of="case" is="received" />. */
export function State({ of, is }) {
  const [kind, icon] = KINDS[of][is] || ["", "info"]
  return html`<span class=${`chip ${kind}`}><${Icon} name=${icon} />${say(`status.${of}.${is}`)}</span>`
}

/** 视频 or 现场. */
export function Mode({ mode }) {
  return html`<span class="chip info"><${Icon} name=${mode === "video" ? "video" : "car"} />${say(`mode.${mode}`)}</span>`
}

/** How long is left until the last day; once the case is closed, only that day. */
export function DaysLeft({ item }) {
  const left = item.days_left
  if (left === null || left === undefined || ["decided", "withdrawn"].includes(item.status)) return html`<span class="quiet">${item.survey_by ? dayInWords(item.survey_by) : ""}</span>`
  if (left < 0) return html`<span class="chip overdue"><${Icon} name="overdue" />${say("days.over", { n: -left })}</span>`
  if (left === 0) return html`<span class="chip rectify"><${Icon} name="clock" />${say("days.today")}</span>`
  if (left <= SOON_DAYS) return html`<span class="chip rectify"><${Icon} name="clock" />${say("days.left", { n: left })}</span>`
  return html`<span class="chip">${say("days.left", { n: left })}</span>`
}
