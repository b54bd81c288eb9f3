// What this phone keeps of its call: photos until the server has them, and enough of the invitation to open without a network.

import { alwaysShow } from "./parts.js"
import { recall, remember } from "./remembered.js"
import { Store } from "./store.js"
import { Uploads } from "./uploads.js"
import { waitingStrip } from "./waiting.js"

const store = new Store()
export const uploads = new Uploads({ store })

alwaysShow(waitingStrip(uploads))

/** The server let this phone in: remember it for when it cannot, and send what an earlier page left. */
export async function keep(invitation, token) {
  await Promise.all([remember(store, invitation, token), uploads.open(invitation.session_id)])
}

/** The server did not answer, or lets nobody in by this link: the invitation as this phone last saw it, or null. */
export async function recalled(token) {
  const invitation = await recall(store, token)
  if (invitation) await uploads.open(invitation.session_id)
  return invitation
}
