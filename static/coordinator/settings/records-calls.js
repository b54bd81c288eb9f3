// Whether video surveys are recorded, and the very words that applicants read about it.

import { language, say } from "../../shared/words.js"
import { html, useEffect, useState } from "../../vendor/view.js"

/** @param {{chosen: {records_calls: boolean, recordings_kept_months: number | null}, may: boolean, change: (what: object) => void}} of the bureau */
export function RecordsCalls({ chosen, may, change }) {
  const [records, setRecords] = useState(chosen.records_calls)
  const [words, setWords] = useState(null)
  useEffect(() => setRecords(chosen.records_calls), [chosen]) // what was refused is as it was
  useEffect(() => {
    fetch(new URL(`../../applicant/words.${language()}.json`, import.meta.url))
      .then((answer) => (answer.ok ? answer.json() : null))
      .then(setWords, () => {}) // the choice can be made without them
  }, [])
  const read = words && wordsFor({ ...chosen, records_calls: records }, words)
  const choose = (which) => {
    setRecords(which)
    change({ records_calls: which })
  }
  return html`<fieldset class="field" disabled=${!may}>
    <legend>${say("settings.recording")}</legend>
    <div class="filters">${[true, false].map((each) => html`<label key=${String(each)}><input type="radio" name="records" checked=${each === records} onChange=${() => choose(each)} /><span>${say(each ? "settings.recording_on" : "settings.recording_off")}</span></label>`)}</div>
    ${read && html`<div><p class="quiet small">${say("settings.applicant_reads")}</p><blockquote><b>${read.question}</b><br />${read.answer}</blockquote></div>`}
    <p class="hint">${say("settings.recording_hint")}</p>
  </fieldset>`
}

/** The question and its answer, as the invitation chooses them. */
export function wordsFor({ records_calls, recordings_kept_months: months }, words) {
  const key = records_calls ? (months ? "recorded_months" : "recorded_kept") : "recorded_how"
  const said = (name) => words[["invite", name].join(".")].replaceAll("**", "").replace("{n}", months)
  return { question: said("recorded"), answer: said(key) }
}
