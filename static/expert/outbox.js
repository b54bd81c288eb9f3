// What the officer wrote or photographed and the server has not yet acknowledged. In order, one at a time, until heard.

import { newKey, Problem, untilHeard } from "../shared/api.js"
import { signal } from "../vendor/view.js"
import { isOfNobody, signedInAgain } from "./signed-in.js"

/** How many things are not yet with the server. */
export const unsent = signal(0)

const MOST_REFUSALS = 5 // of one thing, for its token: others may sign in and out meanwhile

let line = Promise.resolve()

/**
 * Send one thing; `send(key)` is repeated with the same key until it is answered.
 * @template T
 * @param {(key: string) => Promise<T>} send
 * @param {{done: (answer: T) => void, refused: (problem: Problem) => void}} then
 */
export function put(send, { done, refused }) {
  const key = newKey()
  unsent.value += 1
  line = line.then(async () => {
    try {
      done(await heard(() => send(key)))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refused(error)
    } finally {
      unsent.value -= 1
    }
  })
  line = line.catch((error) => console.error(error)) // a fault in one must not hold up the next
  return line
}

/** Nothing is given up because a sign-in has ended: it goes once they are signed in again. */
async function heard(attempt) {
  for (let refusals = 0; ; ) {
    try {
      return await untilHeard(attempt)
    } catch (error) {
      if (!isOfNobody(error) || (error.code === "bad_csrf" && ++refusals > MOST_REFUSALS)) throw error
      await signedInAgain()
    }
  }
}

globalThis.addEventListener?.("beforeunload", (event) => {
  if (unsent.value > 0) event.preventDefault()
})
