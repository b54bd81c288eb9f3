// One script: in force, on its way, what it changes, what is still to be confirmed, and what it asks.

import { post } from "../../shared/api.js"
import { named, say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { mayPublish } from "../account.js"
import { useAnswer } from "../asking.js"
import { dayAndYear } from "../dates.js"
import { Icon, Loading, Mishap, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { Confirmed } from "./confirmed.js"
import { Differences } from "./differences.js"
import { Faults } from "./faults.js"
import { OnItsWay } from "./on-its-way.js"
import { Open } from "./open.js"
import { Preview } from "./preview.js"

export function ScriptSheet({ id, close, changed }) {
  const { data, error, again } = useAnswer(`/scripts/${id}`)
  const [faults, setFaults] = useState(null)
  const head = useRef(null)
  useEffect(() => head.current?.focus(), [data?.id])
  if (error && !data) return html`<${Mishap} error=${error} again=${again} />`
  if (!data) return html`<${Loading} />`
  const renewed = () => {
    setFaults(null)
    again()
    changed()
  }
  return html`
    <div class="sheet-head">
      <div class="row"><h2 tabindex="-1" ref=${head}>${named(data, "name")}</h2><button class="button plain square push" type="button" aria-label=${say("close")} onClick=${close}><${Icon} name="close" /></button></div>
      <p class="quiet">${inForce(data)}</p>
    </div>
    <${Exchange} id=${id} data=${data} onFaults=${setFaults} done=${renewed} />
    ${faults && html`<${Faults} faults=${faults} />`}
    ${data.on_its_way && html`<${OnItsWay} publication=${data.on_its_way} open=${data.open.length} done=${renewed} />`}
    ${data.open.length > 0 && html`<${Open} id=${id} open=${data.open} done=${renewed} />`}
    ${data.confirmed.length > 0 && html`<${Confirmed} confirmed=${data.confirmed} />`}
    ${data.on_its_way && html`<${Differences} differences=${data.differences} before=${data.in_force} now=${data.newest} />`}
    ${data.newest && html`<${Preview} script=${data.newest} />`}`
}

/** "本局脚本，2026112602 版，2026年11月27日起执行". */
function inForce({ publication, version, coming }) {
  const now = publication ? say("scripts.in_force_own", { version, day: dayAndYear(publication.first_day) }) : version ? say("scripts.in_force_library", { version }) : say("scripts.in_force_nothing")
  return [now, ...coming.map((one) => say("scripts.in_force_next", { version: one.version, day: dayAndYear(one.first_day) }))].join(say("comma"))
}

/** Out to Excel, and back. */
function Exchange({ id, data, onFaults, done }) {
  const file = useRef(null)
  const [busy, setBusy] = useState(false)
  const upload = async (event) => {
    const [chosen] = event.target.files
    event.target.value = "" // the same file may be chosen again once it is mended
    if (!chosen || busy) return
    setBusy(true)
    onFaults(null)
    const form = new FormData()
    form.append("file", chosen)
    try {
      await post(`/scripts/${id}/drafts`, form)
      tell(say("scripts.uploaded"))
      done()
    } catch (refused) {
      if (refused.code === "script_faulty") onFaults(refused.values.faults)
      else tell(wordsOf(refused))
    } finally {
      setBusy(false)
    }
  }
  return html`<section class="acting"><h3>${say("scripts.excel")}</h3>
    <p class="quiet">${say("scripts.excel_words")}</p>
    <p class="wrap">
      ${data.version && html`<a class="button" href=${`/api/v1/scripts/${id}/workbook`} download><${Icon} name="download" />${say("scripts.download")}</a>`}
      ${mayPublish() && data.script && !data.on_its_way && html`<button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => file.current.click()}><${Icon} name="upload" />${say(busy ? "scripts.uploading" : "scripts.upload")}</button>
        <input class="visually-hidden" type="file" tabindex="-1" aria-label=${say("scripts.upload")} accept=".xlsx" ref=${file} onChange=${upload} />`}
    </p></section>`
}
