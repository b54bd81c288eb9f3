// Who did something, as people are called: what nobody signs in with is said in the reader's words.

import { say } from "../shared/words.js"

const OTHERS = new Set(["administrator", "applicant", "observer", "system"])

/** @param {string} by what they sign in with @param {string} name as the server knows them */
export const who = (by, name) => (name && name !== by ? name : OTHERS.has(by) ? say(`by.${by}`) : by)
