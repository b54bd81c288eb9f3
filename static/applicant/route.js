// Which screen the applicant sees, from what the server says and what was done on this phone.

/**
 * @param {object | null} invitation as GET /applicant answers
 * @param {{trouble?: object, lacks?: string, checked?: boolean, hungUp?: boolean, signing?: boolean, later?: boolean}} here
 * @returns {"opening" | "trouble" | "invite" | "unsupported" | "on_site" | "check" | "call" | "later" | "hung_up" | "sign" | "missed" | "wait_result" | "result"}
 */
export function screenFor(invitation, here) {
  const goesOn = here.later && invitation?.stage === "ready"
  if (here.trouble && !(goesOn && here.trouble.kind === "offline")) return "trouble"
  if (!invitation) return "opening"
  if (invitation.stage === "on_site") return "on_site"
  if (here.signing && invitation.may_sign && !invitation.signed) return "sign"
  if (invitation.result) return "result"
  if (invitation.status === "missed") return "missed"
  if (invitation.status === "ended" || invitation.stage === "done") return "wait_result"
  if (here.lacks && (here.asked || invitation.stage === "ready")) return "unsupported"
  if (invitation.stage === "consent") return "invite"
  if (goesOn) return "later"
  if (here.hungUp) return "hung_up"
  return here.checked ? "call" : "check"
}

/**
 * Why this browser cannot make the call, or "" if it can.
 * @param {Window & typeof globalThis} browser
 * @returns {"" | "insecure" | "wechat_desktop" | "old"}
 */
export function whatIsMissing(browser) {
  const agent = browser.navigator.userAgent
  if (/WindowsWechat|MacWechat/i.test(agent)) return "wechat_desktop"
  if (browser.isSecureContext === false) return "insecure"
  if (!browser.navigator.mediaDevices?.getUserMedia || !browser.RTCPeerConnection) return "old"
  return ""
}
