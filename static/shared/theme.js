// Light or dark, and the size of words: kept in cookies, so that the server can send the page in them.

const CHOICES = { theme: ["auto", "light", "dark"], text: ["normal", "large"] }
const YEAR_SECONDS = 31_536_000
const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)")

/** What the reader chose for "theme" or "text". */
export function choice(name) {
  const kept = new RegExp(`(?:^|;\\s*)${name}=(\\w+)`).exec(document.cookie)?.[1]
  return CHOICES[name].includes(kept) ? kept : CHOICES[name][0]
}

export function choose(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
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
