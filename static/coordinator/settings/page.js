// 设置: what the bureau chooses for itself. Its administrator changes it, everybody at a desk sees it.

import { patch } from "../../shared/api.js"
import { clockOfMinutes } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useState } from "../../vendor/view.js"
import { district, isAdministrator } from "../account.js"
import { useAnswer } from "../asking.js"
import { Loading, Mishap, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { RecordsCalls } from "./records-calls.js"

const PATH = "/bureau-settings"
const ON_SITE_GRIDS = [1, 5, 10, 15, 30]

export function Page() {
  const { data, error, again } = useAnswer(PATH)
  const may = isAdministrator() && !district()
  const change = async (what) => {
    try {
      await patch(PATH, what)
      tell(say("settings.kept"))
    } catch (refused) {
      tell(wordsOf(refused))
    }
    again()
  }
  return html`<main class="split whole settings"><section aria-label=${say("tab.settings")}>
    <div class="list-head"><h1>${say("tab.settings")}</h1>${!may && html`<span class="quiet">${say("settings.only")}</span>`}</div>
    ${error && !data && html`<${Mishap} error=${error} again=${again} />`}
    ${!data && !error && html`<${Loading} />`}
    ${data && html`<div class="choices"><${RecordsCalls} chosen=${data} may=${may} change=${change} /><${VideoOfficers} chosen=${data} may=${may} change=${change} /><${OnSiteGrid} chosen=${data} may=${may} change=${change} /><${Months} months=${data.recordings_kept_months} may=${may} change=${change} /></div>`}
  </section></main>`
}

/** One officer or two by video; on site there are always two. */
function VideoOfficers({ chosen, may, change }) {
  const [officers, setOfficers] = useState(chosen.video_officers)
  useEffect(() => setOfficers(chosen.video_officers), [chosen]) // what was refused is as it was
  const choose = (which) => {
    setOfficers(which)
    change({ video_officers: which })
  }
  return html`<fieldset class="field" disabled=${!may}>
    <legend>${say("settings.officers")}</legend>
    <div class="filters">${[1, 2].map((each) => html`<label key=${each}><input type="radio" name="officers" checked=${each === officers} onChange=${() => choose(each)} /><span>${say(each === 1 ? "settings.officers_one" : "settings.officers_two")}</span></label>`)}</div>
    <p class="hint">${say("settings.officers_hint")}</p>
  </fieldset>`
}

/** At which minutes surveys on site begin: times that people say and remember. */
function OnSiteGrid({ chosen, may, change }) {
  const [minutes, setMinutes] = useState(chosen.on_site_grid)
  useEffect(() => setMinutes(chosen.on_site_grid), [chosen])
  const choose = (which) => {
    setMinutes(which)
    change({ on_site_grid: which })
  }
  return html`<fieldset class="field" disabled=${!may}>
    <legend>${say("settings.on_site_grid")}</legend>
    <div class="filters">${ON_SITE_GRIDS.map((each) => html`<label key=${each}><input type="radio" name="on_site_grid" checked=${each === minutes} onChange=${() => choose(each)} /><span>${each === 1 ? say("settings.on_site_grid_any") : say("settings.on_site_grid_of", { minutes: each })}</span></label>`)}</div>
    <p class="hint">${say(minutes === 1 ? "settings.on_site_grid_hint_any" : "settings.on_site_grid_hint", { times: timesLike(minutes) })}</p>
  </fieldset>`
}

/** "09:00、09:05、09:10": what the choice means. */
export const timesLike = (minutes) => [0, 1, 2].map((step) => clockOfMinutes(9 * 60 + step * minutes)).join(say("and"))

function Months({ months, may, change }) {
  const [given, setGiven] = useState(String(months ?? ""))
  useEffect(() => setGiven(String(months ?? "")), [months])
  const wanted = given.trim() === "" ? null : Number(given)
  const fits = wanted === null || (Number.isInteger(wanted) && wanted >= 1 && wanted <= 1200)
  const save = (event) => {
    event.preventDefault()
    if (fits && wanted !== months) change({ recordings_kept_months: wanted })
  }
  return html`<form class="field" onSubmit=${save}>
    <label for="months">${say("settings.months")}</label>
    <div class="row"><input class="input" id="months" inputmode="numeric" size="6" maxlength="4" disabled=${!may} value=${given} aria-invalid=${fits ? null : "true"} aria-describedby="months-hint" onInput=${(event) => setGiven(event.target.value)} /><span>${say("settings.months_unit")}</span>
      ${may && html`<button class="button" type="submit" aria-disabled=${!fits || wanted === months ? "true" : null}>${say("settings.keep")}</button>`}</div>
    ${!fits && html`<p class="error" role="alert">${say("settings.months_wrong")}</p>`}
    <p class="hint" id="months-hint">${say("settings.months_hint")}</p>
  </form>`
}
