// Opening the page without a network: what this phone remembers of its invitation, and the worker that keeps the page itself.

import { sha256 } from "../shared/sha256.js"

const NOTE = "invitation"
const WORKER = "/phone-worker.js"

/** For the next time: all but what opens doors. The token itself is never written down. */
export async function remember(store, invitation, token) {
  const { csrf: _, relays: __, ...rest } = invitation
  const before = await store.noted(NOTE)
  const of = token ? await digestOf(token) : before?.invitation.session_id === rest.session_id ? before.of : ""
  const note = { of, invitation: rest }
  if (JSON.stringify(before) !== JSON.stringify(note)) await store.note(NOTE, note)
}

/** What was last seen here by this link; without a token (the page was opened again), what was last seen at all. */
export async function recall(store, token) {
  const note = await store.noted(NOTE)
  if (!note || (token && note.of !== (await digestOf(token)))) return null
  return { ...note.invitation, relays: [], seen: [], expert_present: false } // who is there now is not known
}

const digestOf = (token) => sha256(new Blob([token]))

/** Keep the page for when there is no network; browsers that cannot still keep the photos. */
export async function keepPage() {
  navigator.storage?.persist?.().catch(() => {})
  try {
    const { active } = await navigator.serviceWorker.register(WORKER, { scope: "/j" })
    active?.postMessage("keep") // what it kept may be of an earlier release
  } catch {
    // none here, or not allowed
  }
}
