// Reading from the server inside a component: what is shown always belongs to the address asked last, and is never older than what was shown before.

import { get } from "../shared/api.js"
import { Latest } from "../shared/latest.js"
import { useEffect, useRef, useState } from "../vendor/view.js"
import { leaveToSignIn } from "./account.js"

const NOTHING = { path: null, data: null, error: null, busy: true }

/** What is asked for at one address, until it is closed: however often and however slowly, every answer is shown in its turn. */
export class Asked {
  #open = true
  #latest

  /** @param {string} path @param {(change: (before: object) => object) => void} tell of each change @param {(path: string) => Promise<any>} [question] */
  constructor(path, tell, question = get) {
    this.tell = (change) => this.#open && tell(change)
    this.fail = (error) => this.tell((before) => ({ path, data: before.path === path ? before.data : null, error, busy: false }))
    this.#latest = new Latest({ question: () => question(path), take: (data) => this.tell(() => ({ path, data, error: null, busy: false })) })
  }

  async ask() {
    this.tell((before) => ({ ...before, error: null, busy: true }))
    try {
      await this.#latest.ask()
    } catch (error) {
      if (this.#open) this.fail(known(error))
    }
  }

  close() {
    this.#open = false
  }
}

/**
 * The answer of GET `path`, fetched again when the path changes or `again` is called; null asks nothing.
 * @param {string | null} path
 * @returns {{data: any, error: Error | null, busy: boolean, again: () => void}}
 */
export function useAnswer(path) {
  const [state, setState] = useState(NOTHING)
  const asked = useRef(null)
  const again = () => void asked.current?.ask() // what is asked for now, also where an earlier `again` was kept
  useEffect(() => {
    if (path === null) return undefined
    const mine = (asked.current = new Asked(path, setState))
    again()
    return () => {
      mine.close()
      asked.current = null
    }
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
