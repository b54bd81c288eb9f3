// Where on the desk we are, kept in the address: #/cases/12?status=received

import { signal } from "../vendor/view.js"

/** The places of the desk, in the order of the tabs. */
export const PLACES = ["cases", "import", "plan", "today", "guidance", "archive", "scripts", "keeping", "settings"]

/** @param {string} hash @returns {{place: string, id: number | null, query: Record<string, string>}} */
export function placeOf(hash) {
  const [path, search = ""] = hash.replace(/^#\/?/, "").split("?")
  const [place, id] = path.split("/")
  return {
    place: PLACES.includes(place) ? place : PLACES[0],
    id: /^\d+$/.test(id || "") ? Number(id) : null,
    query: Object.fromEntries(new URLSearchParams(search)),
  }
}

/** The address of a place; empty parts of the query are left out. */
export function addressOf(place, id = null, query = {}) {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString()
  return `#/${place}${id === null ? "" : `/${id}`}${search ? `?${search}` : ""}`
}

export const route = signal(placeOf(globalThis.location?.hash || ""))

/** Go there. With `quietly`, the step back button does not stop here: moving a selection is no journey. */
export function go(place, id = null, query = {}, { quietly = false } = {}) {
  const address = addressOf(place, id, query)
  history[quietly ? "replaceState" : "pushState"](null, "", address)
  route.value = placeOf(address)
}

function follow() {
  route.value = placeOf(location.hash)
}

globalThis.addEventListener?.("hashchange", follow)
globalThis.addEventListener?.("popstate", follow)
