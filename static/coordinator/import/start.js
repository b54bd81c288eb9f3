// Choose or drop a spreadsheet; below, what was imported before.

import { say } from "../../shared/words.js"
import { html, useRef, useState } from "../../vendor/view.js"
import { district, mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { Figure } from "../cases/figures.js"
import { go } from "../route.js"
import { Icon, wordsOf } from "../states.js"
import { Earlier } from "./earlier.js"
import { Upload } from "./upload.js"

export function Start() {
  const list = useAnswer("/imports")
  const stored = (list.data?.items || []).filter((item) => item.status === "stored")
  const sum = (field) => (list.data ? stored.reduce((all, item) => all + item[field], 0) : "–")
  return html`
    <div class="figures"><dl>
      <${Figure} label=${say("import.figure.files")} value=${list.data ? stored.length : "–"} of="files" />
      <${Figure} label=${say("import.figure.new")} value=${sum("rows_new")} of="cases" />
      <${Figure} label=${say("import.figure.known")} value=${sum("rows_known")} of="rows" />
      <${Figure} label=${say("import.figure.refused")} value=${sum("rows_refused")} of="rows" />
    </dl></div>
    <main class="import-start">
      ${mayChange() && html`<${Drop} />`}
      <${Earlier} list=${list} />
    </main>`
}

function Drop() {
  const [work, setWork] = useState(null)
  const [over, setOver] = useState(false)
  const [problem, setProblem] = useState("")
  const chooser = useRef(null)

  const send = async (file) => {
    if (!file) return
    setProblem("")
    const upload = new Upload(file, (sent) => setWork({ file, sent, upload }))
    setWork({ file, sent: 0, upload })
    try {
      const preview = await upload.finished
      go("import", preview.id)
    } catch (error) {
      setWork(null)
      if (error.name !== "AbortError") setProblem(wordsOf(error))
      chooser.current.value = ""
    }
  }
  const drop = (event) => {
    event.preventDefault()
    setOver(false)
    send(event.dataTransfer.files[0])
  }
  const hold = (event) => {
    event.preventDefault()
    setOver(true)
  }

  return html`<section class=${`drop ${over ? "over" : ""}`} aria-label=${say("import.choose_title")} onDragOver=${hold} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    ${problem && html`<p class="notice fail" role="alert"><${Icon} name="fail" /><span>${problem}</span></p>`}
    <${Icon} name="upload" />
    <h1>${say("import.choose_title")}</h1>
    <p class="quiet">${say("import.kinds")}</p>
    ${district() && html`<p class="quiet">${say("import.kinds_here", { district: district() })}</p>`}
    <input ref=${chooser} class="visually-hidden" tabindex="-1" aria-hidden="true" type="file" accept=".xlsx,.xls,.csv,.tsv,.txt" onChange=${(event) => send(event.target.files[0])} />
    ${work ? html`<${Sending} work=${work} />` : html`

      <button class="button primary" type="button" onClick=${() => chooser.current.click()}>${say("import.choose")}</button>`}
  </section>`
}

/** First the bytes travel, then the rows are read: the bar shows the first, the words both. */
function Sending({ work }) {
  const { file, sent, upload } = work
  return html`<div class="sending" role="status">
    <p class="row"><b>${say(sent < 1 ? "import.sending" : "import.reading", { name: file.name })}</b>
      <span class="push unit">${sent < 1 ? `${Math.round(sent * 100)}%` : ""}</span>
      <button class="button plain" type="button" onClick=${() => upload.stop()}>${say("stop")}</button></p>
    <progress class="progress" max="1" value=${sent < 1 ? sent : null} aria-label=${say("import.sending", { name: file.name })}></progress>
  </div>`
}
