// What would happen if this spreadsheet were imported: figures, the rows that need a look, the columns, and the one button.

import { patch, post, remove } from "../../shared/api.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useState } from "../../vendor/view.js"
import { district, leaveToSignIn, mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { State } from "../chips.js"
import { Figure } from "../cases/figures.js"
import { go } from "../route.js"
import { Icon, Loading, Mishap, wordsOf } from "../states.js"
import { tell } from "../toast.js"
import { Undo } from "./earlier.js"
import { ErrorList } from "./error-list.js"
import { Layout } from "./layout.js"
import { Mapping } from "./mapping.js"
import { Rows } from "./rows.js"

export function Preview({ id }) {
  const { data, error, again } = useAnswer(`/imports/${id}`)
  const [preview, setPreview] = useState(null)
  const [busy, setBusy] = useState("")
  useEffect(() => setPreview(data), [data])

  const attempt = async (what, act) => {
    if (busy) return
    setBusy(what)
    try {
      await act()
    } catch (problem) {
      if (problem.code === "not_signed_in") leaveToSignIn()
      tell(wordsOf(problem))
      if (problem.code === "move_refused") again() // somebody else has imported it, or taken it back
    } finally {
      setBusy("")
    }
  }
  const choose = (choice) => attempt("mapping", async () => setPreview(await patch(`/imports/${id}`, choice)))
  const store = () =>
    attempt("storing", async () => {
      const { rows_new } = await post(`/imports/${id}/commit`)
      again()
      tell(say("import.stored", { n: rows_new }), { label: say("import.undo"), act: take_back })
    })
  const take_back = async () => {
    try {
      await remove(`/imports/${id}`)
      tell(say("import.undone", { name: preview.file_name }))
      again()
    } catch (problem) {
      tell(wordsOf(problem))
    }
  }

  if (error && !preview) return html`<main class="alone"><${Mishap} error=${error} again=${again} /></main>`
  if (!preview) return html`<main class="alone"><${Loading} words=${say("import.checking")} /></main>`
  const done = preview.status !== "previewed"
  return html`
    <${Figures} preview=${preview} />
    <main class="split" aria-busy=${busy ? "true" : null}>
      <section aria-label=${say("import.rows_to_see")}>
        ${busy && html`<div class="run" role="status"><b>${say(`import.${busy}`)}</b><progress class="progress" aria-label=${say(`import.${busy}`)}></progress></div>`}
        ${!busy && !done && mayChange() && preview.rows.length > 0 && html`<p class="mend-hint quiet small">${say("import.mend_hint")}</p>`}
        <${Rows} preview=${preview} choose=${choose} />
      </section>
      <aside aria-label=${say("import.side")}>
        ${preview.status === "previewed" ? html`<${Before} preview=${preview} choose=${choose} store=${store} busy=${busy} />` : html`<${After} preview=${preview} again=${again} />`}
      </aside>
    </main>`
}

function Figures({ preview }) {
  const to_mend = preview.rows_refused - preview.rows_outside
  const done = preview.status !== "previewed"
  const matched = done || preview.missing.length === 0
  return html`<div class="figures"><dl>
      <${Figure} label=${preview.file_name} value=${preview.rows_total} of="rows" />
      <${Figure} label=${say(done ? "import.new" : "import.can")} value=${preview.rows_new} of="rows" />
      <${Figure} label=${say("import.to_mend")} value=${to_mend} of="rows" bad=${to_mend > 0} />
      ${district() && html`<${Figure} label=${say("import.outside", { district: district() })} value=${preview.rows_outside} of="rows" />`}
      <${Figure} label=${say("import.to_see")} value=${preview.rows_warned} of="rows" />
      <${Figure} label=${say("import.known")} value=${preview.rows_known} of="rows" />
    </dl>
    <ol class="steps" aria-label=${say("import.steps")}>
      <li class="done"><${Icon} name="pass" />${say("import.step.file")}</li>
      <${Step} number="2" words=${say("import.step.columns")} done=${matched} here=${!matched} />
      <${Step} number="3" words=${say("import.step.preview")} done=${done} here=${matched && !done} />
      <li aria-current=${done ? "step" : null}>${done ? html`<${State} of="import" is=${preview.status} />` : `4 ${say("import.step.store")}`}</li>
    </ol>
  </div>`
}

const Step = ({ number, words, done, here }) => html`<li class=${done ? "done" : ""} aria-current=${here ? "step" : null}>${done ? html`<${Icon} name="pass" />` : here ? html`<b>${number}</b>` : `${number} `}${words}</li>`

function Before({ preview, choose, store, busy }) {
  const can = preview.rows_new > 0 && preview.missing.length === 0
  return html`
    <${ErrorList} preview=${preview} />
    <${Layout} preview=${preview} choose=${choose} />
    <${Mapping} preview=${preview} choose=${choose} />
    ${preview.notices.map((words) => html`<p key=${words} class="notice"><${Icon} name="info" /><span>${words}</span></p>`)}
    ${preview.rows_known > 0 && html`<p class="notice"><${Icon} name="info" /><span>${say("import.known_words", { n: preview.rows_known })}</span></p>`}
    <p class="notice"><${Icon} name="undo" /><span>${say("import.undo_words")}</span></p>
    <a class="button plain" href="#/import">${say(mayChange() ? "import.another" : "import.earlier")}</a>
    <div class="commit">${preview.rows_refused > 0 && html`<${Refused} preview=${preview} />`}
    ${mayChange() && (can
      ? html`<button class="button primary" type="button" aria-disabled=${busy ? "true" : null} onClick=${store}>${say(preview.rows_refused > 0 ? "import.store_rest_stays" : "import.store", { n: preview.rows_new })}</button>`
      : html`<p class="quiet">${say(cannot(preview), { district: district() })}</p>`)}</div>`
}

/** Why there is nothing to import. */
function cannot(preview) {
  if (preview.missing.length > 0) return "import.cannot_columns"
  return preview.rows_outside > 0 && preview.rows_outside === preview.rows_refused ? "import.cannot_outside" : "import.cannot_rows"
}

function After({ preview, again }) {
  const stored = preview.status === "stored"
  return html`
    <section><h2>${say(stored ? "import.stored" : "import.was_undone", { n: preview.rows_new })}</h2>
      ${preview.rows_refused > 0 && html`<p class="quiet">${say("import.refused_words", { n: preview.rows_refused })}</p>`}
      ${preview.rows_known > 0 && html`<p class="quiet">${say("import.known_words", { n: preview.rows_known })}</p>`}
      ${!stored && html`<p class="quiet">${say("import.undone_words")}</p>`}</section>
    ${stored && mayChange() && html`<div class="wrap">
      <button class="button primary" type="button" onClick=${() => go("plan")}><${Icon} name="calendar" />${say("import.go_plan")}</button>
      <button class="button" type="button" onClick=${() => go("cases")}>${say("import.go_cases")}</button></div>`}
    <div class="wrap">
      ${preview.rows_refused > 0 && html`<${Refused} preview=${preview} />`}
      ${stored && mayChange() && html`<${Undo} item=${preview} changed=${again} words=${say("import.undo_this")} />`}
    </div>
    <a class="button plain" href="#/import">${say(mayChange() ? "import.another" : "import.earlier")}</a>`
}

function Refused({ preview }) {
  return html`<a class="button" href=${`/api/v1/imports/${preview.id}/refused.xlsx`} download><${Icon} name="download" />${say("import.download", { n: preview.rows_refused })}</a>`
}
