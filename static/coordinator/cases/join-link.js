// The applicant's link to the call: a new one takes the place of every older one; it can be taken back.

import { post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useRef, useState } from "../../vendor/view.js"
import { stamp } from "../dates.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"

export function JoinLink({ visit, changed }) {
  const [link, setLink] = useState(null)
  const [busy, setBusy] = useState(false)
  const field = useRef(null)

  const attempt = async (act) => {
    if (busy) return
    setBusy(true)
    try {
      await act()
      changed()
    } catch (error) {
      tell(wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  const make = () => attempt(async () => setLink(await post(`/visits/${visit}/link`)))
  const revoke = () =>
    attempt(async () => {
      await remove(`/visits/${visit}/link`)
      setLink(null)
      tell(say("link.revoked"), { label: say("link.make"), act: make })
    })
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link.url)
    } catch {
      field.current.select() // plain http on the bureau's network has no clipboard of its own
      document.execCommand("copy")
    }
    tell(say("link.copied"))
  }

  return html`<div class="join-link">
    ${link && html`
      <div class="row"><input ref=${field} class="input" readonly value=${link.url} aria-label=${say("link.address")} onFocus=${(event) => event.target.select()} />
        <button class="button" type="button" onClick=${copy}>${say("link.copy")}</button></div>
      <p class="quiet small">${say("link.until", { at: stamp(link.expires_at) })}</p>`}
    <div class="wrap">
      <button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${make}><${Icon} name="phone" />${say(link ? "link.make_again" : "link.make")}</button>
      <button class="button plain" type="button" aria-disabled=${busy ? "true" : null} onClick=${revoke}>${say("link.revoke")}</button>
    </div>
    ${!link && html`<p class="quiet small">${say("link.hint")}</p>`}
  </div>`
}
