// What the expert's page makes of conditions that the server has judged. One a line, on standard input.

import assert from "node:assert/strict"
import { createInterface } from "node:readline"
import { holds } from "../../static/expert/checklist/expression.js"

let judged = 0
for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line)
  const condition = holds(told.tree, (name) => () => told.answers[name])
  assert.equal(condition({ here: told.here }), told.holds, line)
  judged += 1
}
console.log(judged)
