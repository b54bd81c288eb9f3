// Signing: each officer their own view of the finding, on their own page; on site on one device. The applicant, when they stand beside.

import { NoAnswer, post } from "../shared/api.js"
import { isSigned, penOn } from "../shared/signature.js"
import { clock } from "../shared/format.js"
import { say } from "../shared/words.js"
import { html, useEffect, useRef, useState } from "../vendor/view.js"
import { Icon, Side } from "./parts.js"
import { isRecused, Recused } from "./recused.js"
import { fetchAgain, remaining, sheet, take } from "./sheet.js"
import { signsHere, Views } from "./views.js"

const FINDINGS = ["pass", "rectify", "fail"]

export function Signing({ first, onClose }) {
  const { visit, signatures, unsigned, id, case: about } = sheet.value
  const everybody = { lead: visit.lead, ...(visit.second ? { second: visit.second } : {}), applicant: about.contact || about.applicant }
  const roles = Object.keys(everybody).filter(signsHere)
  const [role, setRole] = useState(roles.includes(first) ? first : roles[0])
  const signed = (each) => signatures.find((one) => one.role === each && !one.stale && !unsigned.some((other) => other.role === each))
  const mine = signed(role)
  const elsewhere = unsigned.filter((each) => !signsHere(each.role) && !isRecused(each.role))
  return html`<${Side} title=${say("sign.title")} onClose=${onClose} footer=${html`<button type="button" class="button push" onClick=${onClose}>${say("sign.done_all")}</button>`}>
    <div class="roles" role="group" aria-label=${say("sign.who")}>
      ${roles.map((each) => html`<button key=${each} type="button" class="button option" aria-pressed=${String(role === each)} onClick=${() => setRole(each)}>${signed(each) && html`<${Icon} name="check" />`}${say(`role.${each}`)}</button>`)}
    </div>
    <${Recused} />
    <${Views} />
    ${elsewhere.map((each) => html`<p key=${each.role} class="notice"><${Icon} name="clock" /><span>${say("sign.own_page", { name: each.name })}</span></p>`)}
    ${mine && html`<p class="chip pass"><${Icon} name="sign" />${say("sign.signed", { name: mine.name, time: clock(mine.at) })}</p>`}
    ${isRecused(role)
      ? null
      : role !== "applicant" && remaining.value.length > 0
      ? html`<p class="notice rectify"><${Icon} name="rectify" /><span>${say("sign.not_yet")}</span></p>`
      : html`<${Pen} key=${role} role=${role} name=${mine?.name || everybody[role]} again=${Boolean(mine)} survey=${id} onSigned=${() => {
          const next = roles.find((each) => each !== role && !sheet.value.signatures.some((one) => one.role === each))
          if (next) setRole(next)
        }} />`}
  <//>`
}

function Pen({ role, name, again, survey, onSigned }) {
  const box = useRef(null)
  const pen = useRef(null)
  const [typed, setTyped] = useState(name)
  const [view, setView] = useState({ finding: null, stance: "agrees", reason: "" })
  const [seen, setSeen] = useState(sheet.value.state)
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    pen.current = penOn(box.current, () => setTrouble(""))
    return () => pen.current.stop()
  }, [])
  const officer = role !== "applicant"
  const finding = (role === "lead" && view.finding) || sheet.value.proposed
  const changed = officer && seen !== sheet.value.state
  const send = async () => {
    if (busy || changed) return
    if (!typed.trim()) return setTrouble(say("sign.no_name"))
    if (view.stance === "dissents" && !view.reason.trim()) return setTrouble(say("sign.no_reason"))
    if (!isSigned(pen.current.strokes())) return setTrouble(say("sign.no_strokes"))
    setBusy(true)
    const stand = officer ? { finding, stance: view.stance, reason: view.stance === "dissents" ? view.reason.trim() : "", state: seen } : {}
    try {
      take(await post(`/surveys/${survey}/signatures`, { role, name: typed.trim(), strokes: pen.current.strokes(), ...stand }))
      pen.current.clear()
      onSigned()
    } catch (error) {
      setTrouble(error instanceof NoAnswer ? say("mishap.silent") : error.message)
      if (error.code === "changed_meanwhile") fetchAgain()
    }
    setBusy(false)
  }
  return html`
    ${role === "lead" && html`<${Proposal} finding=${finding} choose=${(each) => setView({ ...view, finding: each })} />`}
    ${role === "second" && html`<${Stance} finding=${finding} view=${view} change=${(part) => (setView({ ...view, ...part }), setTrouble(""))} />`}
    ${changed && html`<p class="notice rectify" role="alert"><${Icon} name="rectify" /><span>${say("sign.changed")} <button type="button" class="button" onClick=${() => setSeen(sheet.value.state)}>${say("sign.seen")}</button></span></p>`}
    <div class="field"><label for="signer">${say("sign.name")}</label><input class="input" id="signer" maxlength="50" autocomplete="off" value=${typed} onInput=${(event) => setTyped(event.target.value)} /></div>
    <div class="field"><b>${say("sign.box")}</b><svg class="pen" ref=${box} viewBox="0 0 300 100" role="img" aria-label=${say("sign.box")}><path /></svg></div>
    ${trouble && html`<p class="notice rectify" role="alert"><${Icon} name="rectify" /><span>${trouble}</span></p>`}
    <div class="row"><button type="button" class="button" onClick=${() => pen.current.clear()}><${Icon} name="undo" />${say("sign.clear")}</button><button type="button" class="button primary push" aria-disabled=${busy || changed ? "true" : null} onClick=${send}><${Icon} name="sign" />${say(again ? "sign.again" : "sign.done")}</button></div>
  `
}

/** The lead's own view is the finding they propose. */
function Proposal({ finding, choose }) {
  return html`<div class="field"><b id="proposal">${say("sign.proposal")}</b><div class="roles proposal" role="group" aria-labelledby="proposal">
    ${FINDINGS.map((each) => html`<button key=${each} type="button" class="button option" aria-pressed=${String(finding === each)} onClick=${() => choose(each)}><${Icon} name=${each} />${say(`finding.${each}`)}</button>`)}
  </div></div>`
}

/** The second officer agrees with what is proposed, or says why not. */
function Stance({ finding, view, change }) {
  return html`<div class="field"><b id="stance">${say("sign.proposed", { finding: say(`finding.${finding}`) })}</b><div class="roles" role="group" aria-labelledby="stance">
    ${["agrees", "dissents"].map((each) => html`<button key=${each} type="button" class="button option" aria-pressed=${String(view.stance === each)} onClick=${() => change({ stance: each })}><${Icon} name=${each === "agrees" ? "pass" : "rectify"} />${say(`stance.${each}`)}</button>`)}
  </div></div>
  ${view.stance === "dissents" && html`<div class="field"><label for="dissent">${say("sign.why")}</label><textarea class="input" id="dissent" rows="3" maxlength="2000" aria-required="true" value=${view.reason} onInput=${(event) => change({ reason: event.target.value })}></textarea><span class="hint">${say("verdict.reason_hint")}</span></div>`}`
}
