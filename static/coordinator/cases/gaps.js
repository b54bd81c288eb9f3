// Why something is missing in a recording, in words.

import { say } from "../../shared/words.js"

const CAUSES = { network: "network", "worker ended": "worker", "recorder ended": "recorder", "tape full": "full", disk: "disk" }

/** @param {string} cause as the recorder said it, perhaps with details after a colon */
export const causeOf = (cause) => say(`recording.cause.${CAUSES[cause.split(":")[0]] || "other"}`)
