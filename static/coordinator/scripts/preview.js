// A script as officers will work it: group by group, what is checked, said, kept, and the law behind it.

import { inWords, say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { Icon } from "../states.js"
import { conditionIn } from "./condition.js"

export function Preview({ script }) {
  const groups = script.groups.map((group) => ({ ...group, points: script.points.filter((point) => point.group === group.name) }))
  const alone = script.points.filter((point) => !point.group)
  return html`<section class="acting preview"><h3>${say("scripts.preview", { n: script.points.length })}</h3>
    ${groups.filter((group) => group.points.length).map((group) => html`<details key=${group.name}><summary><b>${inWords(group.label)}</b> <span class="quiet unit">${say("scripts.points", { n: group.points.length })}</span></summary>
      <${Points} points=${group.points} script=${script} /></details>`)}
    ${alone.length > 0 && html`<${Points} points=${alone} script=${script} />`}
  </section>`
}

function Points({ points, script }) {
  return html`<ol class="points">${points.map((point) => html`<li key=${point.name} value=${point.number}>
    <p><b>${inWords(point.label)}</b>
      ${point.severity === "key" && html` <span class="chip"><${Icon} name="shield" />${say("scripts.key")}</span>`}
      ${point.repeat && html` <span class="chip info">${say("scripts.each", { what: inWords(script.repeats.find((one) => one.name === point.repeat)?.label) })}</span>`}
      ${point.to_confirm && html` <span class="chip rectify"><${Icon} name="info" />${say("scripts.unconfirmed")}</span>`}</p>
    ${point.relevant && html`<p class="quiet small">${say("scripts.only_if", { what: conditionIn(point.relevant, script) })}</p>`}
    <p class="spoken-line">${inWords(point.spoken)}</p>
    ${inWords(point.standard) && html`<p>${inWords(point.standard)}</p>`}
    ${point.basis.map((one) => html`<p class="quiet small" key=${one.ref}>${[inWords(one.title), one.ref, one.articles].join(say("comma"))}</p>`)}
    ${point.sketch && html`<img class="sketch" src=${`/static/sketches/${point.sketch}.svg`} alt=${inWords(point.tip_good)} width="240" height="160" loading="lazy" />`}
    ${point.passes && html`<p class="quiet small">${say("scripts.passes", { what: conditionIn(point.passes, script), unit: inWords(point.answer.unit) })}</p>`}
    ${point.photos > 0 && html`<p class="quiet small">${say("scripts.photos", { n: point.photos })}${point.video && say("scripts.and_video")}</p>`}
  </li>`)}</ol>`
}
