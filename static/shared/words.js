// The words of a page, in the language of its reader.

const LANGUAGES = ["zh", "en"]
const YEAR_SECONDS = 31_536_000

let words = {}
let spoken = "zh"

/** zh or en: the reader's choice (cookie), else what the browser asks for, else Chinese. */
export function chosenLanguage(cookies = document.cookie, wanted = navigator.languages || [navigator.language]) {
  const chosen = /(?:^|;\s*)language=(zh|en)/.exec(cookies)
  if (chosen) return chosen[1]
  const first = wanted.map((tag) => String(tag).slice(0, 2)).find((tag) => LANGUAGES.includes(tag))
  return first || "zh"
}

/** The language now on the page. */
export const language = () => spoken

/**
 * Fetch the words of one place: words.zh.json or words.en.json beside `folder`.
 * @param {string} folder address ending in "/", as new URL("./", import.meta.url).href
 */
export async function loadWords(folder, which = chosenLanguage()) {
  const answer = await fetch(new URL(`words.${which}.json`, folder))
  if (!answer.ok) throw new Error(`words.${which}.json: ${answer.status}`)
  useWords(await answer.json(), which)
}

/** Take these words; tests and pages that already hold them call it directly. */
export function useWords(catalogue, which) {
  words = catalogue
  spoken = which
  if (typeof document !== "undefined") document.documentElement.lang = which === "zh" ? "zh-CN" : "en"
}

/** Remember the reader's language for the pages and for the server's own words. */
export function rememberLanguage(which) {
  document.cookie = `language=${which}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}

/**
 * The words under `key`, with {names} filled in. Where number matters the catalogue holds {"one": …, "other": …}
 * and `values.n` chooses. A key nobody wrote shows itself, so that it is seen and mended.
 */
export function say(key, values = {}) {
  const entry = words[key]
  if (entry === undefined) return key
  const text = typeof entry === "string" ? entry : entry[new Intl.PluralRules(spoken).select(values.n)] || entry.other
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

/** One of the two texts of {zh, en}, as scripts carry them; the other when it is empty. */
export function inWords(text) {
  if (!text) return ""
  if (typeof text === "string") return text
  return text[spoken] || text.zh || text.en || ""
}

/** A name stored as `name` and `name_en`, in the reader's language. */
export function named(thing, field = "name") {
  return (spoken === "en" && thing[`${field}_en`]) || thing[field] || ""
}
