// Which screen an observer sees, from what the server says and what was done in this browser.

/**
 * @param {object | null} observed as GET /observe answers
 * @param {{trouble?: object | null, able?: boolean, entered?: boolean}} here able: whether this browser can show live pictures
 * @returns {"opening" | "trouble" | "asking" | "unsupported" | "enter" | "watching" | "over"}
 */
export function screenFor(observed, here) {
  if (here.trouble) return "trouble"
  if (!observed) return "opening"
  if (observed.stage === "over") return "over"
  if (observed.stage === "asking") return "asking"
  if (!here.able) return "unsupported"
  return here.entered ? "watching" : "enter"
}
