// Signing on this device: the two officers, and the applicant when they stand beside.

import { NoAnswer, post } from "../shared/api.js"
import { isSigned, penOn } from "../shared/signature.js"
import { clock } from "../shared/format.js"
import { say } from "../shared/words.js"
import { html, useEffect, useRef, useState } from "../vendor/view.js"
import { Icon, Side } from "./parts.js"
import { sheet, take } from "./sheet.js"

export function Signing({ first, onClose }) {
  const { visit, signatures, id, case: about } = sheet.value
  const names = { lead: visit.lead, ...(visit.second ? { second: visit.second } : {}), applicant: about.contact || about.applicant }
  const [role, setRole] = useState(first in names ? first : "lead")
  const signed = (each) => signatures.find((one) => one.role === each)
  return html`<${Side} title=${say("sign.title")} onClose=${onClose} footer=${html`<button type="button" class="button push" onClick=${onClose}>${say("sign.done_all")}</button>`}>
    <div class="roles" role="group" aria-label=${say("sign.who")}>
      ${Object.keys(names).map((each) => html`<button key=${each} type="button" class="button option" aria-pressed=${String(role === each)} onClick=${() => setRole(each)}>${signed(each) && html`<${Icon} name="check" />`}${say(`role.${each}`)}</button>`)}
    </div>
    ${signed(role) && html`<p class="chip pass"><${Icon} name="sign" />${say("sign.signed", { name: signed(role).name, time: clock(signed(role).at) })}</p>`}
    <${Pen} key=${role} role=${role} name=${signed(role)?.name || names[role]} again=${Boolean(signed(role))} survey=${id} onSigned=${() => {
      const next = Object.keys(names).find((each) => each !== role && !sheet.value.signatures.some((one) => one.role === each))
      if (next) setRole(next)
    }} />
  <//>`
}

function Pen({ role, name, again, survey, onSigned }) {
  const box = useRef(null)
  const pen = useRef(null)
  const [typed, setTyped] = useState(name)
  const [trouble, setTrouble] = useState("")
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    pen.current = penOn(box.current, () => setTrouble(""))
    return () => pen.current.stop()
  }, [])
  const send = async () => {
    if (busy) return
    if (!typed.trim()) return setTrouble(say("sign.no_name"))
    if (!isSigned(pen.current.strokes())) return setTrouble(say("sign.no_strokes"))
    setBusy(true)
    try {
      take(await post(`/surveys/${survey}/signatures`, { role, name: typed.trim(), strokes: pen.current.strokes() }))
      pen.current.clear()
      onSigned()
    } catch (error) {
      setTrouble(error instanceof NoAnswer ? say("mishap.silent") : error.message)
    }
    setBusy(false)
  }
  return html`
    <div class="field"><label for="signer">${say("sign.name")}</label><input class="input" id="signer" maxlength="50" autocomplete="off" value=${typed} onInput=${(event) => setTyped(event.target.value)} /></div>
    <div class="field"><b>${say("sign.box")}</b><svg class="pen" ref=${box} viewBox="0 0 300 100" role="img" aria-label=${say("sign.box")}><path /></svg></div>
    ${trouble && html`<p class="notice rectify" role="alert"><${Icon} name="rectify" /><span>${trouble}</span></p>`}
    <div class="row"><button type="button" class="button" onClick=${() => pen.current.clear()}><${Icon} name="undo" />${say("sign.clear")}</button><button type="button" class="button primary push" aria-disabled=${busy ? "true" : null} onClick=${send}><${Icon} name="sign" />${say(again ? "sign.again" : "sign.done")}</button></div>
  `
}
