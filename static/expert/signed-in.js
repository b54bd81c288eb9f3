// A sign-in ends after some hours, in the middle of a survey perhaps: what was written waits on the page until they have signed in again.

import { get, holdCsrf, NoAnswer } from "../shared/api.js"
import { signal } from "../vendor/view.js"

const LOOK_MILLISECONDS = 3_000
const NO_TOKEN = "none" // the server takes no write that carries it

/** Whether whoever opened this page has to sign in again. */
export const signedOut = signal(false)

/** Who opened this page: what they sign in with, and their name. */
export const opener = signal({ sign_in_name: "", name: "" })

let waiting = null

/** Whether a refusal says no more than that nobody is signed in here, or somebody else. */
export const isOfNobody = (error) => ["not_signed_in", "bad_csrf"].includes(error.code)

/** From a page on which nothing is written, and back to it. */
export const toSignIn = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`)

/**
 * Until whoever opened this page is signed in, in this window or another; one question at a time. Meanwhile no write from here
 * is taken, whoever else is signed in.
 * @returns {Promise<boolean>} whether they were not
 */
export function signedInAgain({ pause = () => new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS)) } = {}) {
  return (waiting ||= look(pause).finally(() => (waiting = null)))
}

async function look(pause) {
  for (let waited = false; ; await pause()) {
    try {
      const { account } = await get("/me") // brings the token that goes with the next write
      signedOut.value = account.sign_in_name !== opener.value.sign_in_name
      if (!signedOut.value) return waited
      holdCsrf(NO_TOKEN)
    } catch (error) {
      if (error instanceof NoAnswer) continue
      if (error.code !== "not_signed_in") throw error
      signedOut.value = true
    }
    waited = true
  }
}
