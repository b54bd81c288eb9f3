// Which screen a viewer sees, from what the server says and what was done in this browser.

/**
 * @param {object | null} watched as GET /watch answers
 * @param {{trouble?: object | null, able?: boolean, entered?: boolean}} here able: whether this browser can show live pictures
 * @returns {"opening" | "trouble" | "announced" | "unsupported" | "enter" | "live" | "ended"}
 */
export function screenFor(watched, here) {
  if (here.trouble) return "trouble"
  if (!watched) return "opening"
  if (watched.status === "ended") return "ended"
  if (watched.status === "announced") return "announced"
  if (!here.able) return "unsupported"
  return here.entered ? "live" : "enter"
}

/** Which session the page's address names, "?7", once its link was opened here; 0 is none. */
export const sessionIn = (search) => Number(/^\?(\d{1,9})$/.exec(search)?.[1] || 0)

/** The trouble that a refusal by its code means: whoever was in before had a link that was right. */
export const refusedAs = (code, wasIn) => (code.startsWith("link") || (wasIn && code === "not_signed_in") ? "gone" : "link")

/** The question in hand, those of this browser, and everybody else's, the newest first. */
export function sorted(questions) {
  const inHand = questions.find((one) => one.status === "answering") || null
  const rest = questions.filter((one) => one !== inHand).reverse()
  return { inHand, mine: rest.filter((one) => one.mine), others: rest.filter((one) => !one.mine) }
}
