// Adjusting from a board: which dialog is open, and for which days. The dialogs themselves stand beside this file.

import { clock, shiftDay } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useState } from "../../vendor/view.js"
import { dayAndWeekday, dayRange, today } from "../dates.js"
import { Adjusting } from "./adjusting.js"
import { crewOf } from "./changes.js"
import { Leave } from "./leave.js"
import { Moving } from "./moving.js"

const DAYS = 6 // after the first: who finds no place today may find one within a week

/** From today on, and for a week at least: a repair is for what is still to come. */
export function daysFrom(first, last, now = today()) {
  const begin = first < now ? now : first
  const week = shiftDay(begin, DAYS)
  return { first_day: begin, last_day: last > week ? last : week }
}

/**
 * What a board offers, and the `dialog` that is open.
 * @param {{first: string, last: string, experts: object[], bureau: object, changed: () => void}} board
 */
export function useAdjusting({ first, last, experts, bureau, changed }) {
  const [open, setOpen] = useState(null)
  const close = () => setOpen(null)
  const days = daysFrom(first, last)
  const move = (visit, round) => setOpen({ kind: "move", visit, round })
  const wish = (wanted, visit, round) => setOpen({ kind: "wish", visit, round, order: { ...days, wish: { survey_id: visit.survey_id, ...wanted } } })
  const dialogs = {
    leave: () => html`<${Leave} experts=${experts} first=${days.first_day} close=${close} changed=${changed} />`,
    move: ({ visit, round }) => html`<${Moving} visit=${visit} round=${round} experts=${experts} bureau=${bureau} days=${days} close=${close} wish=${(wanted) => wish(wanted, visit, round)} />`,
    wish: ({ order, visit, round }) => html`<${Adjusting} key="wish" order=${order} title=${say("move.title", { premises: visit.premises })} wanted=${wantedIn(order.wish, round, experts)} back=${() => move(visit, round)} close=${close} changed=${changed} />`,
    repair: () => html`<${Adjusting} key="repair" order=${days} title=${say("adjust.title", { days: dayRange(days.first_day, days.last_day) })} close=${close} changed=${changed} />`,
  }
  return { adjust: () => setOpen({ kind: "repair" }), leave: () => setOpen({ kind: "leave" }), move, wish, dialog: open && dialogs[open.kind](open) }
}

/** "Wanted: Mon 30 Nov 15:15, 李敏". */
function wantedIn({ starts_at, lead_id }, round, experts) {
  const who = lead_id === null ? crewOf(round) : experts.find((expert) => expert.id === lead_id)?.name
  return say("move.wanted", { when: `${dayAndWeekday(starts_at)} ${clock(starts_at)}`, who })
}
