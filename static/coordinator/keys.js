// The same keys on every page of the desk. They rest while somebody types.

import { html, useEffect } from "../vendor/view.js"

const TYPING = "input, select, textarea, [contenteditable]"

/** @param {Record<string, () => void>} acts by KeyboardEvent.key, letters in lower case */
export function useKeys(acts) {
  useEffect(() => {
    const listen = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return
      const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (!act || (event.key === "Enter" && event.target.closest?.("a, button, summary"))) return
      event.preventDefault()
      act()
    }
    addEventListener("keydown", listen)
    return () => removeEventListener("keydown", listen)
  })
}

/** "J K 上下": the keys, then what they do. */
export function KeyHint({ keys, words }) {
  return html`<span class="hint">${keys.map((key) => html`<kbd key=${key}>${key}</kbd> `)}${words}</span>`
}
