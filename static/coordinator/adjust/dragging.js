// Dragging one appointment over the board: where it would come to lie, and what is wished for when it is let go.
// With a mouse or a pen; a finger scrolls the board, and the form beside it does the same without dragging.

import { clockOfMinutes, dayOf } from "../../shared/format.js"
import { useRef, useState } from "../../vendor/view.js"
import { minuteOf } from "../plan/timeline.js"

const QUARTER_MINUTES = 15
const BEGINS_AFTER_PIXELS = 6 // less is a click

/** The one visit of a round that may be dragged; null where it is none, several, or begun. */
export function draggable(round) {
  const [visit, ...more] = round.visits
  return round.status === "published" && !round.partial && more.length === 0 && visit?.status === "scheduled" ? visit : null
}

/** Minutes at whose multiples a visit may be dropped: the quarter hours, or on site, where the bureau's grid does not hold these, that. */
export const dropStep = (round, { on_site_grid: grid }) => (round.mode === "on_site" && QUARTER_MINUTES % grid !== 0 ? grid : QUARTER_MINUTES)

/**
 * Where a dragged visit would begin and who has that row.
 * @param {{days: string[], hours: {begins: number, ends: number}, experts: object[]}} board
 * @param {{x: number, y: number}} at fractions of the surface, where the visit begins and where the pointer is
 * @param {number} step
 * @returns {{day: string, minute: number, expert: object} | null} minute after midnight, a multiple of the step
 */
export function slotAt({ days, hours, experts }, { x, y }, step = QUARTER_MINUTES) {
  const across = x * days.length
  const day = days[Math.floor(across)]
  const expert = experts[Math.floor(y * experts.length)]
  if (!day || !expert) return null
  const minute = hours.begins + (across % 1) * (hours.ends - hours.begins)
  return { day, minute: Math.round(minute / step) * step, expert }
}

/** What is wished for: the same crew on their own rows, else whoever has the row in place of who leads. */
export function wishOf(slot, round) {
  const crew = [round.lead.id, round.second?.id]
  return { starts_at: `${slot.day}T${clockOfMinutes(slot.minute)}:00+08:00`, lead_id: crew.includes(slot.expert.id) ? null : slot.expert.id }
}

/**
 * @param {{board: object, surface: {current: HTMLElement}, drop: ((wish: object, visit: object, round: object) => void) | null}} props
 * @returns {{ghost: object | null, begin: (event: PointerEvent, round: object) => void}} `ghost`: where it would lie
 */
export function useDrag({ board, surface, drop }) {
  const [ghost, setGhost] = useState(null)
  const held = useRef(null)

  const move = (event) => {
    const { from, visit, offset } = held.current
    if (!held.current.moving && Math.hypot(event.clientX - from.x, event.clientY - from.y) < BEGINS_AFTER_PIXELS) return
    held.current.moving = true
    const frame = surface.current.getBoundingClientRect()
    const slot = slotAt(board, { x: (event.clientX - offset - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height }, dropStep(held.current.round, board.bureau))
    held.current.slot = slot
    setGhost(slot && ghostOf(board, slot, visit))
  }
  const end = (event) => {
    removeEventListener("pointermove", move)
    removeEventListener("pointerup", end)
    removeEventListener("pointercancel", end)
    removeEventListener("keydown", stop, true)
    const { moving, slot, visit, round } = held.current
    held.current = null
    setGhost(null)
    if (!moving) return
    addEventListener("click", swallow, { capture: true, once: true }) // letting go is no click
    setTimeout(() => removeEventListener("click", swallow, { capture: true }))
    if (slot && event.type === "pointerup") drop(wishOf(slot, round), visit, round)
  }
  const stop = (event) => event.key === "Escape" && end(event)
  const begin = (event, round) => {
    const visit = draggable(round)
    if (!drop || !visit || event.pointerType === "touch" || event.button !== 0) return
    const frame = surface.current.getBoundingClientRect()
    const begins = (board.days.indexOf(dayOf(visit.starts_at)) + within(board, minuteOf(visit.starts_at))) / board.days.length
    held.current = { visit, round, moving: false, slot: null, from: { x: event.clientX, y: event.clientY }, offset: event.clientX - frame.left - begins * frame.width }
    addEventListener("pointermove", move)
    addEventListener("pointerup", end)
    addEventListener("pointercancel", end)
    addEventListener("keydown", stop, true)
  }
  return { ghost, begin }
}

function ghostOf(board, slot, visit) {
  const minutes = (Date.parse(visit.ends_at) - Date.parse(visit.starts_at)) / 60_000
  const left = (board.days.indexOf(slot.day) + within(board, slot.minute)) / board.days.length
  return { top: slot.expert === board.experts[0], row: board.experts.indexOf(slot.expert), left, width: minutes / (board.hours.ends - board.hours.begins) / board.days.length, words: `${clockOfMinutes(slot.minute)} ${slot.expert.name}` }
}

const within = ({ hours }, minute) => (minute - hours.begins) / (hours.ends - hours.begins)
const swallow = (event) => event.stopPropagation()
