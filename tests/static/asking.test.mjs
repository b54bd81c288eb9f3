import assert from "node:assert/strict"
import { test } from "node:test"
import { Asked } from "../../static/coordinator/asking.js"

/** What a component would show of a server whose answers come when the test lets them. */
function component(path = "/plans/7") {
  const questions = []
  const shown = { path: null, data: null, error: null, busy: true }
  const tell = (change) => Object.assign(shown, change(shown))
  const asked = new Asked(path, tell, (where) => new Promise((answer, fail) => questions.push({ where, answer, fail })))
  return { questions, shown, asked, tell }
}
const turn = () => new Promise((resolve) => setTimeout(resolve))

test("answers that take longer than it is asked again are shown all the same, each in its turn", async () => {
  const { questions, shown, asked } = component()
  for (let n = 1; n <= 3; n += 1) {
    asked.ask()
    asked.ask() // every second, and the server takes two
    questions.at(-1).answer(n)
    await turn()
    assert.deepEqual([shown.path, shown.data], ["/plans/7", n])
  }
})

test("a failure leaves what is known of the same address, and is forgotten while it is asked again", async () => {
  const { questions, shown, asked } = component()
  asked.ask()
  questions[0].answer("known")
  await turn()
  asked.ask()
  questions[1].fail(new Error("silent"))
  await turn()
  assert.deepEqual([shown.data, shown.error.message, shown.busy], ["known", "silent", false])
  asked.ask()
  assert.deepEqual([shown.data, shown.error, shown.busy], ["known", null, true])
})

test("what belonged to another address is not shown with a failure, and nothing once it is closed", async () => {
  const { questions, shown, asked, tell } = component()
  tell(() => ({ path: "/plans/6", data: "another plan" }))
  asked.ask()
  questions[0].fail(new Error("silent"))
  await turn()
  assert.deepEqual([shown.path, shown.data], ["/plans/7", null])
  asked.ask()
  asked.close()
  questions[1].answer("late")
  await turn()
  assert.equal(shown.data, null)
})
