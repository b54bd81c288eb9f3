// A survey's recording in one file a side: asked for, how far it is, stopped, taken away with a note beside it.

import { post } from "../../shared/api.js"
import { clock } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { stampAndYear } from "../dates.js"
import { length, size } from "../sizes.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { causeOf } from "./gaps.js"

const ASK_MILLISECONDS = 1_000
const UNDER_WAY = new Set(["waiting", "making"])
const CAUSES = new Set(["nothing", "codecs", "unreadable", "damaged", "disk", "unwritable", "away"])

/** @param {{survey: number}} of the id of a survey that was recorded */
export function Joined({ survey }) {
  const path = `/surveys/${survey}/joined-recordings`
  const { data, error, again } = useAnswer(path)
  const [busy, setBusy] = useState(false)
  const newest = useRef(again)
  newest.current = again
  const underWay = data?.items.some((one) => UNDER_WAY.has(one.status))
  useEffect(() => {
    if (!underWay) return undefined
    const timer = setInterval(() => newest.current(), ASK_MILLISECONDS)
    return () => clearInterval(timer)
  }, [underWay])
  if (!data) return error && html`<p class="notice"><${Icon} name="info" /><span>${wordsOf(error)} <button class="button" type="button" onClick=${again}>${say("again")}</button></span></p>`
  const ask = async (address) => {
    if (busy) return
    setBusy(true)
    try {
      await post(address)
      again()
    } catch (refused) {
      tell(wordsOf(refused))
    } finally {
      setBusy(false)
    }
  }
  const made = data.items.length > 0
  return html`<section class="joined" aria-labelledby="joined">
    <h4 id="joined">${say("joined.title")}</h4>
    ${!made && html`<p class="quiet small">${say("joined.none")}</p>`}
    <ul>${data.items.map((one) => html`<li key=${one.id}><${File} file=${one} /></li>`)}</ul>
    ${mayChange() && underWay && html`<button class="button again" type="button" aria-disabled=${busy ? "true" : null} onClick=${() => ask(`${path}/cancellation`)}>${say("joined.stop")}</button>`}
    ${mayChange() && !underWay && html`<button class=${`button again ${made ? "plain" : ""}`} type="button" aria-disabled=${busy ? "true" : null} onClick=${() => ask(path)}><${Icon} name=${made ? "undo" : "file"} />${say(made ? "joined.again" : "joined.make")}</button>`}
    <p class="quiet small">${say("joined.evidence")}</p>
  </section>`
}

function File({ file }) {
  const whose = say(`recording.${file.side}`)
  if (UNDER_WAY.has(file.status)) {
    const words = say(`joined.${file.status}`, { whose, share: Math.round(file.progress * 100) })
    return html`<p role="status">${words}</p><progress class="progress" max="1" value=${file.progress} aria-label=${words}></progress>`
  }
  if (file.status === "stopped") return html`<p class="quiet">${say("joined.stopped", { whose })}</p>`
  if (file.status === "failed") return html`<p class="notice fail"><${Icon} name="fail" /><span>${say("joined.failed", { whose, cause: say(`joined.cause.${CAUSES.has(file.cause) ? file.cause : "other"}`) })}</span></p>`
  return html`<p class="wrap"><a class="button" href=${file.url} download=${file.file_name}><${Icon} name="download" />${say("joined.download", { whose })}</a><span class="unit">${length(file.seconds)}</span><span class="unit">${size(file.bytes)}</span><span class="quiet unit">${file.kind === "mp4" ? "MP4" : "WebM"}</span><button class="button plain" type="button" onClick=${() => save(`${file.file_name}.txt`, noteOf(file))}><${Icon} name="file" />${say("joined.note")}</button></p>
    ${file.kind === "webm" && html`<p class="quiet small">${say("joined.webm")}</p>`}
    ${file.holes.length > 0 && html`<details><summary>${say("joined.holes", { n: file.holes.length })}</summary><ul class="small">${file.holes.map((hole) => html`<li key=${hole.begins}>${holeOf(hole)}</li>`)}</ul></details>`}
    <p class="quiet small digest">${say("joined.digest", { time: clock(file.starts_at) })}<br /><code>SHA-256 ${file.sha256}</code></p>`
}

const holeOf = (hole) => say("joined.hole", { at: length(hole.begins), seconds: Math.round(hole.seconds), cause: causeOf(hole.cause) })

/** What goes along with a file that is handed over: what it is, its digest, and what is missing in it. */
export function noteOf(file) {
  const holes = file.holes.length ? [say("joined.holes", { n: file.holes.length }), ...file.holes.map((hole) => `  ${holeOf(hole)}`)] : [say("joined.whole")]
  return `${[
    file.file_name,
    `${length(file.seconds)}  ${size(file.bytes)}`,
    `SHA-256 ${file.sha256}`,
    say("joined.digest", { time: stampAndYear(file.starts_at) }),
    ...holes,
  ].join("\r\n")}\r\n`
}

function save(name, words) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(new Blob(["\ufeff", words], { type: "text/plain;charset=utf-8" })) // Windows needs the mark
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href))
}
