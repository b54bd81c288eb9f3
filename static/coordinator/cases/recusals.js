// 回避: who must not judge this applicant, and why; written down, and taken back. It counts in all of the applicant's cases.

import { post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { stamp } from "../dates.js"
import { Icon, Mishap, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { who } from "../who.js"

const LONGEST_REASON = 200

/** @param {{id: number, changed: () => void}} props `id` of the case */
export function Recusals({ id, changed }) {
  const path = `/cases/${id}/recusals`
  const { data, error, again } = useAnswer(path)
  const [adding, setAdding] = useState(false)
  const heading = useRef(null)
  const busy = useRef(false)
  const refresh = () => {
    again()
    changed()
  }
  /** Writes, says what happened with the way back, and leaves the keyboard where the list is. */
  const write = async (act, words, back) => {
    if (busy.current) return
    busy.current = true
    try {
      const made = await act()
      tell(words, { label: back.label, act: () => back.act(made) })
      setAdding(false)
      heading.current?.focus()
      refresh()
    } finally {
      busy.current = false
    }
  }
  const record = (name, told) => write(() => post(path, told), say("recusals.done", { name }), { label: say("recusals.withdraw"), act: (made) => withdraw(made).catch(said) })
  const withdraw = ({ id: which, expert, reason }) => write(() => remove(`${path}/${which}`), say("recusals.withdrawn", { name: expert.name }), { label: say("recusals.again"), act: () => record(expert.name, { expert_id: expert.id, reason }).catch(said) })
  return html`<section class="acting recusals" aria-labelledby="recusals"><h3 id="recusals" ref=${heading} tabindex="-1">${say("recusals")}</h3>
    ${error && !data && html`<${Mishap} error=${error} again=${again} />`}
    ${data?.items.length === 0 && !adding && html`<p class="quiet">${say("recusals.none")}</p>`}
    ${data?.items.length > 0 && html`<ul>${data.items.map((one) => html`<${One} key=${one.id} one=${one} withdraw=${() => withdraw(one).catch(said)} />`)}</ul>`}
    ${mayChange() && data && !adding && html`<div><button class="button" type="button" onClick=${() => setAdding(true)}><${Icon} name="user" />${say("recusals.add")}</button></div>`}
    ${adding && html`<${Adding} experts=${data.experts} record=${record} close=${() => (setAdding(false), heading.current.focus())} />`}
  </section>`
}

const said = (failed) => tell(wordsOf(failed))

function One({ one, withdraw }) {
  return html`<li><span><b>${one.expert.name}</b> <span class="reason">${one.reason}</span><span class="quiet small">${say("recusals.by", { by: who(one.by, one.by_name), at: stamp(one.at) })}</span></span>
    ${mayChange() && one.may_withdraw && html`<button class="button plain" type="button" onClick=${withdraw}>${say("recusals.withdraw")}<span class="visually-hidden">: ${one.expert.name}</span></button>`}</li>`
}

function Adding({ experts, record, close }) {
  const [who, setWho] = useState("")
  const [reason, setReason] = useState("")
  const [problem, setProblem] = useState("")
  const first = useRef(null)
  useEffect(() => first.current.focus(), [])
  const submit = async (event) => {
    event.preventDefault()
    setProblem("")
    const expert = experts.find((one) => String(one.id) === who)
    try {
      await record(expert.name, { expert_id: expert.id, reason: reason.trim() })
    } catch (refused) {
      setProblem(wordsOf(refused))
    }
  }
  return html`<form class="acting" onSubmit=${submit}>
    <div class="field"><label for="recusal-who">${say("recusals.who")}</label>
      <select class="input" id="recusal-who" ref=${first} required value=${who} onChange=${(event) => setWho(event.target.value)}><option value="">${say("recusals.choose")}</option>${experts.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select></div>
    <div class="field"><label for="recusal-reason">${say("recusals.reason")}</label>
      <input class="input" id="recusal-reason" required pattern=".*\\S.*" maxlength=${LONGEST_REASON} aria-describedby="recusal-hint" value=${reason} onInput=${(event) => setReason(event.target.value)} />
      <span class="hint" id="recusal-hint">${say("recusals.hint")}</span></div>
    ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}</span></p>`}
    <div class="wrap"><button class="button primary">${say("recusals.record")}</button><button class="button" type="button" onClick=${close}>${say("recusals.not")}</button></div>
  </form>`
}
