// One survey: fetched, watched, and shown as a call or as a visit on site.

import { Live } from "../shared/live.js"
import { say } from "../shared/words.js"
import { html, useEffect } from "../vendor/view.js"
import { CallPage } from "./call-page.js"
import { officersCall } from "./calling.js"
import { frozenChanged, frozenSeen } from "./frozen.js"
import { cameraChanged } from "./lens.js"
import { line } from "./line.js"
import { OnSitePage } from "./onsite.js"
import { Icon, Loading, Mishap, Toast } from "./parts.js"
import { otherPointed } from "./pointing.js"
import { failure, fetchAgain, gone, open, sheet, theirQuality, told } from "./sheet.js"

const LOOK_MILLISECONDS = 15_000 // hints may be lost

export function Survey({ id, me }) {
  useEffect(() => {
    open(id)
    const live = new Live({
      watch: [["watch", { survey: id }]],
      on: {
        "survey.changed": ({ survey }) => survey === id && fetchAgain(),
        "session.changed": (said) => {
          theirQuality.value = said.applicant_quality ?? null
          if (sheet.value?.id === id) fetchAgain()
        },
        "camera.changed": cameraChanged,
        "frozen.changed": frozenChanged,
        "frozen.seen": frozenSeen,
        pointed: otherPointed,
        "media.renewed": ({ epoch }) => officersCall.value?.renew(epoch),
        "recording.changed": ({ disk_full }) => officersCall.value?.noteDisk(disk_full),
      },
      onUp: () => {
        told.value = true
        fetchAgain({ anew: true })
      },
      onDown: () => (told.value = false),
      beat: () => (officersCall.value && sheet.value?.session ? { session: sheet.value.session.id, quality: officersCall.value.state.quality } : null),
    })
    line.value = live
    live.open().catch(() => (told.value = false))
    const timer = setInterval(() => document.visibilityState === "visible" && fetchAgain(), LOOK_MILLISECONDS)
    return () => {
      clearInterval(timer)
      line.value = null
      live.close()
    }
  }, [id])
  const now = sheet.value
  useEffect(() => {
    if (now) document.title = say("survey.title", { premises: now.case.premises })
  }, [now?.id])
  if (!now || now.id !== id) return html`<main class="alone">${failure.value ? html`<${Mishap} error=${failure.value} again=${() => open(id)} /><p class="back"><a href="#">${say("survey.back")}</a></p>` : html`<${Loading} what=${say("survey.loading")} />`}</main>`
  if (gone.value) return html`<main class="alone"><${Gone} /></main>`
  return html`<${now.mode === "video" ? CallPage : OnSitePage} me=${me} /><${Toast} />`
}

/** It was open here, and others carry it out from now on. */
function Gone() {
  return html`<div class="empty" role="alert"><${Icon} name="calendar" /><b>${say("gone")}</b><p>${say("gone.means")}</p><a class="button primary" href="#">${say("survey.back")}</a></div>`
}
