// Narrowing the list: by status in one press, by district and item type, by words.

import { named, say } from "../../shared/words.js"
import { html, useEffect, useState } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { addressOf } from "../route.js"
import { Icon } from "../states.js"

export const TO_DO = "received"
export const EVERY = "all"
const SHOWN = [TO_DO, "notified", "surveying", "rectifying", "decided"]
const TYPING_MILLISECONDS = 300

export function Filters({ query, change, search }) {
  const { data: counted } = useAnswer("/overview")
  return html`<div class="list-head">
    <nav class="filters" aria-label=${say("cases.by_status")}>
      ${SHOWN.map((status) => html`<${ByStatus} key=${status} status=${status} query=${query} words=${[say(`status.case.${status}`), counted?.cases[status] || ""].join(" ")} />`)}
      <${ByStatus} status=${EVERY} query=${query} words=${say("cases.all")} />
    </nav>
    <div class="narrow push">
      <${Choose} path="/districts" name=${say("cases.district")} all=${say("cases.all_districts")} value=${query.district} change=${(district) => change({ district })} />
      <${Choose} path="/item-types" name=${say("cases.item_type")} all=${say("cases.all_item_types")} value=${query.item_type} change=${(item_type) => change({ item_type })} />
      <${Search} value=${query.q || ""} change=${(q) => change({ q })} field=${search} />
    </div>
  </div>`
}

function ByStatus({ status, query, words }) {
  return html`<a href=${addressOf("cases", null, { ...query, status: status === TO_DO ? "" : status })} aria-current=${(query.status || TO_DO) === status ? "true" : null}>${words}</a>`
}

function Choose({ path, name, all, value, change }) {
  const { data } = useAnswer(path)
  return html`<select class="input" aria-label=${name} value=${value || ""} onChange=${(event) => change(event.target.value)}>
    <option value="">${all}</option>
    ${inTree(data?.items || []).map(({ item, depth }) => html`<option key=${item.id} value=${String(item.id)} selected=${String(item.id) === value}>${"\u3000".repeat(depth)}${named(item)}</option>`)}
  </select>`
}

/** Children right below their parent, with how deep they lie. Things without parents keep their order. */
export function inTree(items) {
  const known = new Set(items.map((item) => item.id))
  const below = (parent, depth) =>
    items
      .filter((item) => (known.has(item.parent_id) ? item.parent_id : null) === parent)
      .flatMap((item) => [{ item, depth }, ...below(item.id, depth + 1)])
  return below(null, 0)
}

/** Asks once the typing has paused. */
function Search({ value, change, field }) {
  const [words, setWords] = useState(value)
  useEffect(() => setWords(value), [value])
  useEffect(() => {
    if (words === value) return undefined
    const timer = setTimeout(() => change(words.trim()), TYPING_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [words])
  return html`<label class="input search"><${Icon} name="search" /><span class="visually-hidden">${say("cases.search")}</span>
    <input ref=${field} type="search" placeholder=${say("cases.search")} value=${words} onInput=${(event) => setWords(event.target.value)} onKeyDown=${(event) => event.key === "Escape" && event.target.blur()} />
    <kbd aria-hidden="true">/</kbd></label>`
}
