// One guidance session as staff see it, kept fresh by the server's hints and, should they be lost, by asking.

import { useEffect, useMemo, useRef, useState } from "../../vendor/view.js"
import { get } from "../api.js"
import { Latest } from "../latest.js"
import { Live } from "../live.js"

const LOOK_MILLISECONDS = 10_000 // also how old the number of viewers may be

/**
 * @param {number} id @param {{onRenewed?: (epoch: number) => void}} [on]
 * @returns {{guidance: any, error: Error | null, again: () => Promise<void>, take: (answer: object) => void}}
 */
export function useGuidance(id, { onRenewed = () => {} } = {}) {
  const [state, setState] = useState({ guidance: null, error: null })
  const told = useRef(onRenewed)
  told.current = onRenewed
  const gone = useRef(false)
  const show = (guidance) => !gone.current && setState({ guidance, error: null })
  const latest = useMemo(() => new Latest({ question: () => get(`/guidance/${id}`), take: show }), [id])
  const fail = (error) => !gone.current && setState((before) => ({ ...before, error }))
  const again = () => latest.ask().catch(fail)
  const take = (guidance) => {
    latest.heard() // what was asked for before is older
    show(guidance)
  }
  useEffect(() => {
    gone.current = false
    const live = new Live({
      watch: [["follow", { guidance: id }]],
      on: { "guidance.changed": (said) => said.guidance === id && again(), "media.renewed": ({ epoch }) => told.current(epoch) },
      onUp: () => latest.askAnew().catch(fail),
    })
    again()
    live.open().catch(() => {}) // without hints the timer below still asks
    const timer = setInterval(() => document.visibilityState === "visible" && again(), LOOK_MILLISECONDS)
    return () => {
      gone.current = true
      clearInterval(timer)
      live.close()
    }
  }, [id])
  return { ...state, again, take }
}
