// One plan, kept fresh while it is being made: by the server's hints where they arrive, else by asking.

import { Live } from "../../shared/live.js"
import { useEffect, useRef } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"

const ASK_MILLISECONDS = 1_000
const ASK_BESIDE_HINTS_MILLISECONDS = 5_000
const COMPUTING = new Set(["queued", "running"])

export function usePlan(id) {
  const { data: plan, error, again } = useAnswer(`/plans/${id}`)
  const newest = useRef(again)
  newest.current = again
  const computing = plan !== null && COMPUTING.has(plan.status)

  useEffect(() => {
    if (!computing) return undefined
    const live = new Live({
      watch: [["watch_plan", { plan: id }]],
      on: { "plan.changed": (hint) => hint.plan === id && newest.current() },
      onUp: () => newest.current(),
    })
    live.open().catch(() => {}) // without hints the timer below still asks
    let timer = 0
    const ask = () => {
      newest.current()
      timer = setTimeout(ask, live.isUp ? ASK_BESIDE_HINTS_MILLISECONDS : ASK_MILLISECONDS)
    }
    timer = setTimeout(ask, ASK_MILLISECONDS)
    return () => {
      clearTimeout(timer)
      live.close()
    }
  }, [id, computing])

  return { plan, error, again }
}
