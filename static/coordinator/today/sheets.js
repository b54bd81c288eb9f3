// What happens in the surveys under way, kept fresh by the server's hints or, without them, by asking every few seconds.

import { get } from "../../shared/api.js"
import { Latest } from "../../shared/latest.js"
import { Live } from "../../shared/live.js"
import { useEffect, useRef, useState } from "../../vendor/view.js"

const ASK_MILLISECONDS = 5_000
const LIST_EVERY = 6 // asks: whether a visit has begun or ended shows within half a minute even without hints
const SOON_MILLISECONDS = 15 * 60_000
const LATE_MILLISECONDS = 60 * 60_000

/** Whether somebody may be there now: under way, or a call about to begin or overdue. */
export function isNear(visit, now = Date.now()) {
  if (visit.status === "under_way") return true
  const ahead = Date.parse(visit.starts_at) - now
  return visit.mode === "video" && visit.status === "scheduled" && ahead < SOON_MILLISECONDS && ahead > -LATE_MILLISECONDS
}

/** @returns {{sheets: Record<number, object>, live: boolean, freshAt: string}} sheets by survey */
export function useSheets(visits, refetchList) {
  const [state, setState] = useState({ sheets: {}, freshAt: "" })
  const [isUp, setUp] = useState(false)
  const near = (visits || []).filter((visit) => isNear(visit)).map((visit) => visit.survey_id)
  const list = useRef(refetchList)
  list.current = refetchList

  useEffect(() => {
    if (!visits) return undefined
    let gone = false
    let turn = 0
    const latest = new Latest({
      question: () => Promise.allSettled(near.map((survey) => get(`/surveys/${survey}`))),
      take: (found) => {
        const sheets = Object.fromEntries(found.filter((one) => one.status === "fulfilled").map((one) => [one.value.id, one.value]))
        if (!gone) setState((before) => (found.length > 0 && Object.keys(sheets).length === 0 ? before : { sheets, freshAt: new Date().toISOString() }))
      },
    })
    const ask = () => void latest.ask()
    const live = new Live({
      watch: near.map((survey) => ["watch", { survey }]),
      on: { "session.changed": ask, "survey.changed": () => list.current() },
      onUp: () => {
        setUp(true)
        latest.askAnew() // what changed before was not hinted at
        list.current()
      },
      onDown: () => setUp(false),
    })
    live.open().catch(() => {}) // without hints the timer below still asks
    const timer = setInterval(() => {
      turn += 1
      if (turn % LIST_EVERY === 0) list.current()
      else if (!live.isUp) ask()
    }, ASK_MILLISECONDS)
    ask()
    return () => {
      gone = true
      clearInterval(timer)
      live.close()
    }
  }, [visits === null, near.join(" ")])

  return { ...state, live: isUp }
}
