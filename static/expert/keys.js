// The desk's keys. Quiet while something is being written or a sheet is open.

import { useEffect } from "../vendor/view.js"

/** @param {Record<string, () => void>} bindings by KeyboardEvent.key, lower case; " " is the space bar */
export function useKeys(bindings) {
  useEffect(() => {
    const press = (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return
      if (event.target.closest("input, textarea, select, dialog[open]")) return
      const act = bindings[event.key.toLowerCase()]
      if (!act || (event.key === " " && event.target.closest("button, a"))) return // the space bar presses what Tab has reached
      event.preventDefault()
      act()
    }
    /** A button pressed with the mouse gives the focus back, or the space bar would press it again. */
    const clicked = (event) => event.detail > 0 && event.target.closest("button, a")?.blur()
    addEventListener("keydown", press)
    addEventListener("click", clicked)
    return () => {
      removeEventListener("keydown", press)
      removeEventListener("click", clicked)
    }
  })
}
