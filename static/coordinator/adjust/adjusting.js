// 调整方案: the server proposes the smallest change; it is read as a list of differences, then accepted or left.

import { post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { Empty, Icon, Loading, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { Changes } from "./changes.js"

/** @param {{order: {first_day: string, last_day: string, wish?: object}, title: string, wanted?: string, back?: (() => void) | null, close: () => void, changed: () => void}} props `wanted` and `back`: what was wished for, and the way back to it */
export function Adjusting({ order, title, wanted = "", back = null, close, changed }) {
  const dialog = useRef(null)
  const [repair, setRepair] = useState(null)
  const [problem, setProblem] = useState("")
  const [busy, setBusy] = useState(false)
  const propose = async () => {
    setRepair(null)
    setProblem("")
    try {
      setRepair(await post("/repairs", order))
    } catch (error) {
      setProblem(wordsOf(error))
    }
  }
  useEffect(() => {
    dialog.current.showModal()
    propose()
  }, [])

  const accept = async () => {
    if (busy) return
    setBusy(true)
    setProblem("")
    try {
      const done = await post(`/repairs/${repair.id}/acceptance`)
      close()
      changed()
      tell(say("adjust.done", { n: done.told }))
    } catch (error) {
      setProblem(wordsOf(error))
      setBusy(false)
      if (error.code === "plan_outdated") setRepair(null) // no use accepting it again
    }
  }
  const leave = (event) => {
    if (busy) return event.preventDefault() // it is being carried out: what becomes of it will be said
    if (repair) remove(`/repairs/${repair.id}`).catch(() => {}) // unanswered, it promises nothing anyway
    close()
  }
  const works = repair && repair.changes.some((change) => change.kind !== "no_place")
  return html`<dialog ref=${dialog} class="side" aria-labelledby="adjusting" onCancel=${leave} onClose=${close}>
    <header><h2 id="adjusting">${title}</h2>
      <button class="button plain square push" type="button" aria-label=${say("close")} onClick=${leave}><${Icon} name="close" /></button></header>
    <div class="body" tabindex="0">
      ${wanted && html`<p>${wanted}</p>`}
      ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}</span></p>`}
      ${!repair && !problem && html`<${Loading} words=${say("adjust.thinking")} />`}
      ${repair && !works && html`<${Empty} icon="pass" title=${say("adjust.nothing")}><span>${say("adjust.kept", { n: repair.kept })}</span><//>`}
      ${repair?.changes.length > 0 && html`<${Summary} repair=${repair} /><${Changes} changes=${repair.changes} />`}
    </div>
    <footer>
      ${works && html`<button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${accept}>${repair.told > 0 ? say("adjust.accept", { n: repair.told }) : say("adjust.accept_quietly")}</button>`}
      ${!repair && problem && (back ? html`<button class="button primary" type="button" onClick=${back}>${say("move.back")}</button>` : html`<button class="button primary" type="button" onClick=${propose}>${say("adjust.again")}</button>`)}
      <button class="button" type="button" onClick=${leave}>${say(works ? "adjust.leave" : "close")}</button>
    </footer>
  </dialog>`
}

/** What it costs, before the list: how many change, how many stay, how far the cars drive. */
function Summary({ repair }) {
  const changing = repair.changes.filter((change) => change.kind !== "no_place").length
  const { travel_minutes_before: before, travel_minutes_after: after } = repair
  return html`<p role="status">${say("adjust.changing", { n: changing })}${say("comma")}${say("adjust.kept", { n: repair.kept })}${say("comma")}<span class="unit">${before === after ? say("adjust.travel_same", { after }) : say("adjust.travel", { before, after })}</span></p>`
}
