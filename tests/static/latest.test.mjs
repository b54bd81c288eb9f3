import assert from "node:assert/strict"
import { test } from "node:test"
import { Latest } from "../../static/shared/latest.js"

/** A server whose answers come when the test lets them. */
function slow() {
  const questions = []
  const taken = []
  const latest = new Latest({ question: () => new Promise((answer, fail) => questions.push({ answer, fail })), take: (answer) => taken.push(answer) })
  return { questions, taken, latest }
}
const turn = () => new Promise((resolve) => setTimeout(resolve))

test("however often it is asked, one question is on its way, and one more follows", async () => {
  const { questions, taken, latest } = slow()
  const all = [latest.ask(), latest.ask(), latest.ask()]
  assert.equal(questions.length, 1)
  questions[0].answer("first")
  await turn()
  assert.equal(questions.length, 2)
  questions[1].answer("second")
  await Promise.all(all)
  assert.deepEqual(taken, ["first", "second"])
  latest.ask()
  assert.equal(questions.length, 3)
})

test("an answer that was overtaken on its way is left out and asked for again", async () => {
  const { questions, taken, latest } = slow()
  const done = latest.ask()
  latest.heard()
  questions[0].answer("older than what was heard")
  await turn()
  questions[1].answer("now")
  await done
  assert.deepEqual(taken, ["now"])
})

test("hearing something asks nothing while nothing is on its way", () => {
  const { questions, latest } = slow()
  latest.heard()
  assert.equal(questions.length, 0)
})

test("a question that fails is asked once more where somebody asked meanwhile, and else its failure is told", async () => {
  const { questions, taken, latest } = slow()
  const all = [latest.ask(), latest.ask()]
  questions[0].fail(new Error("silent"))
  await turn()
  questions[1].answer("now")
  await Promise.all(all)
  assert.deepEqual(taken, ["now"])
  const alone = latest.ask()
  questions[2].fail(new Error("silent"))
  await assert.rejects(alone, /silent/)
  latest.ask()
  assert.equal(questions.length, 4)
})

test("once the network is back nobody waits for what was asked before, and its late answer is left out", async () => {
  const { questions, taken, latest } = slow()
  const before = latest.ask()
  const done = latest.askAnew()
  assert.equal(questions.length, 2)
  questions[1].answer("now")
  await done
  questions[0].answer("late")
  await before
  assert.deepEqual(taken, ["now"])
  latest.ask()
  assert.equal(questions.length, 3)
})

test("who waited for a question that was given up is done with the one asked in its place", async () => {
  const { questions, taken, latest } = slow()
  const before = latest.ask()
  latest.askAnew()
  questions[0].fail(new Error("silent"))
  await turn()
  assert.deepEqual(taken, [])
  questions[1].answer("now")
  await before
  assert.deepEqual(taken, ["now"])
})

test("who asks after an answer was taken gets one of its own, however soon", async () => {
  for (let steps = 0; steps < 10; steps += 1) {
    const { questions, taken, latest } = slow()
    latest.ask()
    questions[0].answer("first")
    for (let n = 0; n < steps || !taken.length; n += 1) await null // so many steps of what the answer sets going
    latest.ask()
    await turn()
    assert.equal(questions.length, 2, `${steps} steps after the answer`)
  }
})
