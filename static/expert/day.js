// My day: what is on, when, where, how far each is.

import { get, NoAnswer, post } from "../shared/api.js"
import { clock, dayInWords, dayOf, shiftDay } from "../shared/format.js"
import { named, say } from "../shared/words.js"
import { html, useEffect, useState } from "../vendor/view.js"
import { unsent } from "./outbox.js"
import { Icon, Loading, Mishap, Settings, tell, Toast } from "./parts.js"
import { namesOf } from "./recused.js"
import { isOfNobody, signedInAgain, toSignIn } from "./signed-in.js"

const LOOK_MILLISECONDS = 30_000
const GUIDANCE = { announced: ["clock", ""], live: ["video", "pass"], ended: ["check", ""] }
const STATUS = { scheduled: ["clock", ""], under_way: ["play", "info"], concluded: ["pass", "pass"], open: ["calendar", ""], void: ["na", ""] }

export function Day({ day, me }) {
  const shown = day || dayOf(new Date())
  const [{ visits, guidance }, setDay] = useState({ visits: null, guidance: [] })
  const [error, setError] = useState(null)
  const look = async () => {
    try {
      setDay(await get(`/expert/day?day=${shown}`))
      setError(null)
    } catch (failed) {
      if (!isOfNobody(failed)) return setError(failed)
      if (!unsent.value) return toSignIn()
      await signedInAgain() // what waits to be sent is on this page
      await look()
    }
  }
  useEffect(() => {
    look()
    const timer = setInterval(() => document.visibilityState === "visible" && look(), LOOK_MILLISECONDS)
    document.title = say("day.title")
    return () => clearInterval(timer)
  }, [shown])
  return html`<div class="day">
    <header class="topbar">
      <span class="brand">${say("brand")}</span>
      <span class="row quiet who"><${Icon} name="user" />${me.account.name}</span>
      <div class="row push"><${Settings} /><button type="button" class="button plain" onClick=${signOut}>${say("sign_out")}</button></div>
    </header>
    <main>
      <div class="day-head">
        <h1>${dayInWords(shown)}${visits?.length > 0 && html` <span class="quiet">${say("day.count", { n: visits.length })}</span>`}</h1>
        <nav class="row push" aria-label=${say("day.choose")}>
          <a class="button square" href=${`#day=${shiftDay(shown, -1)}`} aria-label=${say("day.before")}><${Icon} name="left" /></a>
          <a class="button" href="#" aria-current=${shown === dayOf(new Date()) ? "date" : null}>${say("day.today")}</a>
          <a class="button square" href=${`#day=${shiftDay(shown, 1)}`} aria-label=${say("day.after")}><${Icon} name="right" /></a>
        </nav>
      </div>
      ${error && (visits ? html`<p class="notice rectify" role="status"><${Icon} name="offline" />${say("day.stale")}</p>` : html`<${Mishap} error=${error} again=${look} />`)}
      ${!visits && !error && html`<${Loading} what=${say("day.loading")} />`}
      ${guidance.length > 0 && html`<ol class="visits" aria-label=${say("day.guidance")}>${guidance.map((one) => html`<${Guidance} key=${one.id} one=${one} />`)}</ol>`}
      ${visits && visits.length === 0 && guidance.length === 0 && html`<div class="empty"><${Icon} name="calendar" /><b>${say("day.empty")}</b><p>${say("day.empty_why")}</p><a class="button" href=${`#day=${shiftDay(shown, 1)}`}>${say("day.see_next")}</a></div>`}
      ${visits && visits.length > 0 && html`<ol class="visits">${visits.map((visit) => html`<${Visit} key=${visit.visit_id} visit=${visit} />`)}</ol>`}
    </main>
    <${Toast} />
  </div>`
}

async function signOut() {
  try {
    await post("/sign-out").catch(async (error) => {
      if (error.code !== "bad_csrf") throw error
      await get("/me") // somebody signed in since, in another window: nobody is when this is done
      await post("/sign-out")
    })
  } catch (error) {
    if (error.code !== "not_signed_in") return tell(error instanceof NoAnswer ? say("mishap.silent") : error.message)
  }
  location.assign("/sign-in")
}

/** A guidance session that is theirs to present. */
function Guidance({ one }) {
  const [drawing, kind] = GUIDANCE[one.status]
  return html`<li class="visit">
    <p class="time"><b>${clock(one.starts_at)}</b></p>
    <div class="what"><h2>${named(one, "title")}</h2><p class="quiet">${say("day.guidance")}</p></div>
    <p class="states"><span class=${`chip ${kind}`}><${Icon} name=${drawing} />${say(`guidance.${one.status}`)}</span></p>
    <p class="answered"></p>
    <a class=${`button ${one.status === "live" ? "primary" : ""}`} href=${`#guidance=${one.id}`}>${say(one.status === "ended" ? "day.guidance_look" : "day.guidance_go")}<span class="visually-hidden">${named(one, "title")}</span></a>
  </li>`
}

function Visit({ visit }) {
  const [drawing, kind] = STATUS[visit.status] || STATUS.scheduled
  const video = visit.mode === "video"
  const action = visit.status === "concluded" ? say("day.read") : visit.status === "under_way" ? say("day.go_on") : say(video ? "day.enter" : "day.open")
  return html`<li class="visit">
    <p class="time"><b>${clock(visit.starts_at)}</b><span class="quiet">${clock(visit.ends_at)}</span></p>
    <div class="what">
      <h2>${visit.premises}</h2>
      <p class="quiet">${named(visit, "item_type")}</p>
      <p class="row facts"><${Icon} name="map" /><span>${visit.address}</span></p>
      <p class="row facts quiet"><span>${visit.applicant}</span><span>${visit.phone}</span><span class="unit">${visit.number}</span></p>
    </div>
    <p class="states">
      <span class="chip info"><${Icon} name=${video ? "video" : "car"} />${say(`mode.${visit.mode}`)}</span>
      <span class=${`chip ${kind}`}><${Icon} name=${drawing} />${say(`status.${visit.status}`)}</span>
      <span class="chip">${say(`role.${visit.role}`)}</span>
      ${visit.recused.length > 0 && html`<span class="chip fail"><${Icon} name="fail" />${say("recused.chip", { names: namesOf(visit.recused, visit.role) })}</span>`}
    </p>
    <p class="answered">${visit.points > 0 && html`<span class="unit">${say("answered", { n: visit.answered, total: visit.points })}</span><progress class="progress" max=${visit.points} value=${visit.answered} aria-label=${say("answered.bar")}></progress>`}</p>
    <a class=${`button ${visit.status === "under_way" ? "primary" : ""}`} href=${`#survey=${visit.survey_id}`}>${action}<span class="visually-hidden">${visit.premises}</span></a>
  </li>`
}
