// The messages sent about a case: by which way, whether they arrived, and once more where they did not.

import { post } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { State } from "../chips.js"
import { stamp } from "../dates.js"
import { Icon, wordsOf } from "../states.js"
import { tell } from "../toast.js"

export function Notices({ notices, changed }) {
  return html`<section><h3>${say("sheet.notices")}</h3>
    ${notices.length === 0 && html`<p class="quiet">${say("notices.none")}</p>`}
    <ul class="notices">${notices.map((notice) => html`<${Notice} key=${notice.id} notice=${notice} changed=${changed} />`)}</ul>
  </section>`
}

function Notice({ notice, changed }) {
  const [busy, setBusy] = useState(false)
  const retry = async () => {
    if (busy) return
    setBusy(true)
    try {
      await post(`/notices/${notice.id}/retry`)
      tell(say("notices.retried"))
      changed()
    } catch (error) {
      tell(wordsOf(error))
    } finally {
      setBusy(false)
    }
  }
  return html`<li>
    <span class="what"><b>${say(`notice_kind.${notice.kind}`)}</b><span class="quiet small">${say(`channel.${notice.channel}`)} ${notice.to}${notice.sent_at && ` · ${stamp(notice.sent_at)}`}</span></span>
    <${State} of="notice" is=${notice.status} />
    ${notice.status === "failed" && mayChange() && html`<button class="button" type="button" aria-disabled=${busy ? "true" : null} onClick=${retry}><${Icon} name="undo" />${say("notices.retry")}</button>`}
    ${notice.error && html`<span class="why">${notice.error}</span>`}
  </li>`
}
