// A sign-in ends after some hours, in the middle of a survey perhaps: what was written waits on the page until they have signed in again.

import { get, NoAnswer } from "../shared/api.js"
import { signal } from "../vendor/view.js"

const LOOK_MILLISECONDS = 3_000

/** Whether whoever opened this page has to sign in again. */
export const signedOut = signal(false)

let mine = ""
let waiting = null

/** Who opened this page. @param {{sign_in_name: string}} account */
export const iAm = (account) => (mine = account.sign_in_name)

/** Whether a refusal says no more than that nobody is signed in here, or somebody else. */
export const isOfNobody = (error) => ["not_signed_in", "bad_csrf"].includes(error.code)

/** From a page on which nothing is written, and back to it. */
export const toSignIn = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`)

/** Until the same person is signed in, in this window or another; one question at a time. */
export function signedInAgain({ pause = () => new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS)) } = {}) {
  return (waiting ||= look(pause).finally(() => (waiting = null)))
}

async function look(pause) {
  for (;;) {
    try {
      const { account } = await get("/me") // brings the token that goes with the next write
      signedOut.value = account.sign_in_name !== mine
    } catch (error) {
      if (error.code === "not_signed_in") signedOut.value = true
      else if (!(error instanceof NoAnswer)) throw error
    }
    if (!signedOut.value) return
    await pause()
  }
}
