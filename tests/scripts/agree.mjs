// What the expert's page makes of sessions that the server has worked out. One script and its sessions a line, on standard input.

import assert from "node:assert/strict"
import { createInterface } from "node:readline"
import { refusal, work } from "../../static/expert/checklist/work.js"

let sessions = 0
for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line)
  for (const steps of told.sessions) {
    sessions += 1
    const given = {}
    for (const step of steps) {
      const about = `${told.script.key}, session ${sessions}, ${step.point} = ${step.value}`
      assert.equal(refusal(work(told.script, given, {}), step.point, step.value), step.fault, about)
      if (!step.fault) given[step.point] = { value: step.value, note: step.note }
      assert.deepEqual(said(work(told.script, given, step.photos)), expected(step), about)
    }
  }
}
console.log(sessions)

function said({ asked, marks, remaining, suggested, score }) {
  const labels = asked.filter(({ nth }) => nth).map(({ label }) => [label.zh, label.en])
  const missing = remaining.map((one) => [one.point, one.lacks, one.photos_missing])
  return { asked: asked.map(({ key }) => key), labels, marks: Object.fromEntries(marks), remaining: missing, suggested, score }
}

function expected({ asked, labels, marks, remaining, suggested, score }) {
  return { asked, labels, marks, remaining, suggested, score }
}
