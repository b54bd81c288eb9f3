// Which row of a list is open beside it: moved by J and K, kept in the address.

import { go, route } from "../route.js"

/**
 * @param {string} place @param {{items: {id: number}[] | null, next: string | null, more: () => void}} list
 */
export function useSelection(place, list) {
  const { id, query } = route.value
  const items = list.items || []
  const at = items.findIndex((item) => item.id === id)
  const choose = (next) => {
    go(place, next, query, { quietly: id !== null })
    requestAnimationFrame(() => document.querySelector(`[data-row="${next}"]`)?.scrollIntoView({ block: "nearest" }))
  }
  const step = (by) => {
    const target = at < 0 ? 0 : at + by
    if (items[target]) choose(items[target].id)
    else if (by > 0 && list.next) list.more()
  }
  return {
    choose,
    next: () => step(1),
    back: () => step(-1),
    open: () => {
      if (id === null) step(0)
      else document.querySelector(".sheet-head h2")?.focus()
    },
    close: () => go(place, null, query, { quietly: true }),
  }
}
