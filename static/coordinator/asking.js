// Reading from the server inside a component: what is shown always belongs to the address asked last.

import { get } from "../shared/api.js"
import { useEffect, useRef, useState } from "../vendor/view.js"
import { leaveToSignIn } from "./account.js"

/**
 * The answer of GET `path`, fetched again when the path changes or `again` is called; null asks nothing.
 * @param {string | null} path
 * @returns {{data: any, error: Error | null, busy: boolean, again: () => void}}
 */
export function useAnswer(path) {
  const [state, setState] = useState({ path: null, data: null, error: null, busy: true })
  const newest = useRef(0)
  const again = () => {
    if (path === null) return
    const mine = ++newest.current
    setState((before) => ({ ...before, error: null, busy: true }))
    get(path).then(
      (data) => mine === newest.current && setState({ path, data, error: null, busy: false }),
      (error) => mine === newest.current && setState((before) => ({ ...before, path, data: before.path === path ? before.data : null, error: known(error), busy: false })),
    )
  }
  useEffect(() => {
    again()
    return () => void ++newest.current
  }, [path])
  const mine = state.path === path
  return { data: mine ? state.data : null, error: mine ? state.error : null, busy: state.busy || !mine, again }
}

/**
 * A list that comes in pages: `more` fetches the next one, `again` starts anew.
 * @param {string} path without cursor
 */
export function usePages(path) {
  const first = useAnswer(path)
  const [rest, setRest] = useState({ of: null, items: [], next: null, busy: false, error: null })
  const mine = rest.of === first.data
  const next = mine ? rest.next : first.data?.next || null
  const more = async () => {
    if (!next || rest.busy) return
    const of = first.data
    const before = mine ? rest.items : []
    setRest({ of, items: before, next, busy: true, error: null })
    try {
      const page = await get(`${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(next)}`)
      setRest({ of, items: [...before, ...page.items], next: page.next, busy: false, error: null })
    } catch (error) {
      setRest({ of, items: before, next, busy: false, error: known(error) })
    }
  }
  const items = first.data && [...first.data.items, ...(mine ? rest.items : [])]
  return { ...first, items, next, more, moreBusy: mine && rest.busy, moreError: mine ? rest.error : null }
}

/** A sign-in that has run out is no error of this list: go and sign in again. */
function known(error) {
  if (error.code === "not_signed_in") leaveToSignIn()
  return error
}
