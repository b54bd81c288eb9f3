// Says what happened and, for ten seconds, offers to take it back or go on; never holds the page.

import { html, signal } from "../vendor/view.js"

const STAYS_MILLISECONDS = 10_000
const shown = signal(null)
let timer = 0

/** @param {string} words @param {{label: string, act: () => void}} [way] */
export function tell(words, way = null) {
  clearTimeout(timer)
  shown.value = { words, way }
  timer = setTimeout(() => (shown.value = null), STAYS_MILLISECONDS)
}

export function Toast() {
  const toast = shown.value
  const act = () => {
    shown.value = null
    toast.way.act()
  }
  return html`<div class="toasts" role="status">
    ${toast && html`<span class="toast">${toast.words}${toast.way && html`<button type="button" onClick=${act}>${toast.way.label}</button>`}</span>`}
  </div>`
}
