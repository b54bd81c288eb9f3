// Who sits at this desk, and what they may do.

import { get, post } from "../shared/api.js"
import { named, say } from "../shared/words.js"
import { signal } from "../vendor/view.js"

/** @type {{value: {sign_in_name: string, name: string, role: string, district: string | null, district_en: string | null} | null}} */
export const account = signal(null)
export const bureau = signal(null)

let token = ""

/** The token that goes with a write; for uploads, which do not pass through api.js. */
export const csrf = () => token

/** A supervisor sees everything here and changes nothing. */
export const mayChange = () => account.value?.role === "coordinator"

/** Deleting recordings takes two people; an administrator may be one of them. */
export const mayDispose = () => mayChange() || isAdministrator()

/** So does publishing a script; scripts are the whole bureau's. */
export const mayPublish = () => mayDispose() && !account.value.district

/** An administrator chooses for the bureau, and is told nothing of any case. */
export const isAdministrator = () => account.value?.role === "administrator"

/** The district this desk is for, in the reader's language; "" for the whole bureau. */
export const district = () => (account.value ? named(account.value, "district") : "")

/** The words of the whole bureau's desk, or those that name the district this one is for. */
export const sayHere = (whole, here) => (district() ? say(here, { district: district() }) : say(whole))

/** Ask who is signed in; an expert or a stranger is sent where they belong, and the answer is false. */
export async function recognise() {
  try {
    const me = await get("/me")
    token = me.csrf
    account.value = me.account
    bureau.value = me.bureau
  } catch (error) {
    if (error.code !== "not_signed_in") throw error
    leaveToSignIn()
    return false
  }
  if (account.value.role !== "expert") return true
  location.replace("/expert/")
  return false
}

/** To the sign-in page, and back to this very place afterwards. */
export function leaveToSignIn() {
  location.replace(`/sign-in?next=${encodeURIComponent(location.pathname + location.hash)}`)
}

export async function signOut() {
  try {
    await post("/sign-out")
  } catch (error) {
    if (error.code !== "not_signed_in") throw error // else it has ended already
  }
  location.replace("/sign-in")
}
