// What this page says over the socket of the survey in hand; `survey.js` opens and closes it.

import { signal } from "../vendor/view.js"

/** The open `Live`, or null. */
export const line = signal(null)

/** Say something once; `onHeard` has the server's code. */
export function say(event, payload, onHeard) {
  line.value?.say(event, payload, onHeard)
}
