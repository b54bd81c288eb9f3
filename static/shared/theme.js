// Light or dark, and the size of words: remembered on this device, applied before the page is drawn.

const CHOICES = { theme: ["auto", "light", "dark"], text: ["normal", "large"] }
const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)")

/** What the reader chose for "theme" or "text". */
export function choice(name) {
  let kept = null
  try {
    kept = localStorage.getItem(name)
  } catch {
    // A private window may refuse storage; the page works with the defaults.
  }
  return CHOICES[name].includes(kept) ? kept : CHOICES[name][0]
}

export function choose(name, value) {
  try {
    localStorage.setItem(name, value)
  } catch {
    // As above: the choice then lasts for this page only.
  }
  apply({ [name]: value })
}

/** Whether the page is dark now. */
export const isDark = () => document.documentElement.dataset.theme === "dark"

function apply({ theme = choice("theme"), text = choice("text") } = {}) {
  const root = document.documentElement
  root.dataset.theme = theme === "auto" ? (dark?.matches ? "dark" : "light") : theme
  root.dataset.text = text
}

if (typeof document !== "undefined") {
  apply()
  dark?.addEventListener?.("change", () => apply())
}
