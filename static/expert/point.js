// The point in hand: what to say, what is required, what failing looks like, and the answer.

import { inWords, say } from "../shared/words.js"
import { html } from "../vendor/view.js"
import { Answers } from "./answers.js"
import { History } from "./history.js"
import { Icon } from "./parts.js"
import { Recused } from "./recused.js"
import { point, points, sheet, step } from "./sheet.js"

export function PointPanel() {
  const here = point.value
  if (!here) return html`<section class="point" aria-label=${say("point.here")}><div class="empty"><${Icon} name="list" /><b>${say("point.none")}</b><p>${say("point.none_why")}</p></div></section>`
  const at = points.value.indexOf(here)
  return html`<section class="point" aria-label=${say("point.here")}>
    ${sheet.value.status === "under_way" && html`<${Recused} />`}
    <div class="row">
      <span class="quiet unit">${say("point.of", { n: at + 1, total: points.value.length })}</span>
      ${here.of && html`<span class="chip info">${inWords(here.of.label)} ${here.nth}</span>`}
      ${here.severity === "key" && html`<span class="chip"><${Icon} name="shield" />${say("point.key")}</span>`}
      ${here.remote === "onsite_only" && html`<span class="chip rectify"><${Icon} name="car" />${say("point.onsite_only")}</span>`}
      ${here.to_confirm && html`<span class="chip rectify"><${Icon} name="info" />${say("point.to_confirm")}</span>`}
      <span class="row push pages">
        <button type="button" class="button plain" aria-disabled=${at > 0 ? null : "true"} onClick=${() => step(-1)}><kbd>K</kbd>${say("point.before")}</button>
        <button type="button" class="button plain" aria-disabled=${at < points.value.length - 1 ? null : "true"} onClick=${() => step(1)}><kbd>J</kbd>${say("point.after")}</button>
      </span>
    </div>
    <h2>${inWords(here.own)}</h2>
    ${sheet.value.status === "scheduled" && html`<p class="notice"><${Icon} name="info" /><span>${say("start.first")}</span></p>`}
    <${Words} here=${here} />
    <${Answers} point=${here} keys=${true} />
    <${History} key=${here.name} point=${here} />
  </section>`
}

function Words({ here }) {
  const spoken = inWords(here.spoken)
  const standard = inWords(here.standard)
  const bad = inWords(here.tip_bad)
  return html`
    ${spoken && html`<div><h3>${say("point.spoken")}</h3><p class="spoken">${spoken}</p></div>`}
    ${standard && html`<div><h3>${say("point.standard")}</h3><p>${standard}</p>
      ${here.basis.map((each) => html`<p class="quiet small" key=${each.title}>${basisOf(each)}</p>`)}</div>`}
    ${here.sketch && html`<img class="sketch" src=${`/static/sketches/${here.sketch}.svg`} alt=${inWords(here.tip_good)} width="240" height="160" />`}
    ${bad && html`<div><h3>${say("point.tip_bad")}</h3><p>${bad}</p></div>`}
  `
}

export function basisOf({ title, ref, articles }) {
  return [inWords(title), ref, Array.isArray(articles) ? articles.join("、") : articles].filter(Boolean).join("，")
}
