// The board of some days with its map and details: holds what is chosen and brings the three together.

import { dayOf, shiftDay } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useMemo, useState } from "../../vendor/view.js"
import { mayChange, sayHere } from "../account.js"
import { useAdjusting } from "../adjust/desk.js"
import { Needs, needsAdjusting } from "../adjust/needs.js"
import { useAnswer } from "../asking.js"
import { dayRange, today } from "../dates.js"
import { Empty, Icon, Loading, Mishap } from "../states.js"
import { Board } from "./board.js"
import { DayMap } from "./day-map.js"
import { Detail } from "./detail.js"
import { inCrews, layOut, worked } from "./timeline.js"

/** @param {{first: string, last: string, plan?: object, steps?: boolean, children?: any}} props `steps`: whether the week can be left */
export function BoardOf({ first, last, plan = null, steps = false, children }) {
  const [weeks, setWeeks] = useState(0)
  const [from, to] = [shiftDay(first, weeks * 7), shiftDay(last, weeks * 7)]
  const { data: board, error, again } = useAnswer(`/board?from=${from}&to=${to}${plan ? `&plan=${plan.id}` : ""}`)
  const [chosenKey, setChosenKey] = useState("")
  useEffect(() => {
    if (board) again()
  }, [plan?.status])

  const adjusting = useAdjusting({ first: from, last: to, experts: board?.experts || [], bureau: board?.bureau, changed: again })
  const mayAdjust = mayChange() && to >= today() && (plan === null || plan.status === "published")
  const drawn = useMemo(() => board && draw(board), [board])
  if (error && !board) return html`<section class="panel middle"><${Mishap} error=${error} again=${again} /></section>`
  if (!drawn) return html`<section class="panel middle">${children}<${Loading} /></section>`

  const blocks = [...drawn.trips, ...drawn.videos]
  const chosen = blocks.find((block) => block.key === chosenKey) || drawn.trips[0] || drawn.videos[0] || null
  const day = chosen ? dayOf((chosen.round || chosen.rounds[0]).leaves_at) : board.days.includes(today()) ? today() : board.days[0]
  return html`
    <section class="panel middle" aria-label=${say("board.title")}>
      ${children}
      ${steps && html`<div class="run quiet-run">
        <button class="button plain square" type="button" aria-label=${say("board.week_before")} onClick=${() => setWeeks(weeks - 1)}><${Icon} name="left" /></button>
        <b class="unit">${dayRange(from, to)}</b>
        <button class="button plain square" type="button" aria-label=${say("board.week_after")} onClick=${() => setWeeks(weeks + 1)}><${Icon} name="right" /></button>
        ${weeks !== 0 && html`<button class="button plain" type="button" onClick=${() => setWeeks(0)}>${say("board.this_week")}</button>`}
        ${mayAdjust && html`<span class="push wrap">
          ${!needsAdjusting(board) && html`<button class="button" type="button" onClick=${adjusting.adjust}><${Icon} name="swap" />${say("adjust.ask")}</button>`}
          <button class="button" type="button" onClick=${adjusting.leave}><${Icon} name="user" />${say("leave.title")}</button></span>`}
      </div>`}
      ${(plan === null || plan.status === "published") && html`<${Needs} board=${board} adjust=${adjusting.adjust} />`}
      <${Board} board=${drawn} chosen=${chosen} choose=${(block) => setChosenKey(block.key)} drop=${mayAdjust ? adjusting.wish : null} />
    </section>
    <section class="panel where" aria-label=${say("detail.title")}>
      <${DayMap} day=${day} rounds=${drawn.rounds} letters=${drawn.letters} bureau=${board.bureau} chosen=${chosen?.round?.id ?? null} choose=${(id) => setChosenKey(`trip ${id}`)} />
      ${chosen ? html`<${Detail} block=${chosen} move=${mayAdjust ? adjusting.move : null} />` : html`<${Empty} icon="calendar" title=${sayHere("board.empty", "board.empty_here")}>${mayChange() && html`<span>${say("board.empty_cure")}</span>`}<//>`}
      ${adjusting.dialog}
    </section>`
}

/** Time taken by other districts is drawn like leave: nothing can be put there, and why is not told. */
export const withElsewhere = (expert) => ({ ...expert, absences: [...expert.absences, ...expert.elsewhere.map((span) => ({ ...span, kind: "elsewhere" }))] })

function draw(board) {
  const rounds = board.rounds.filter((round) => round.status !== "cancelled")
  const experts = inCrews(board.experts.map(withElsewhere), rounds)
  const days = worked(board.days, experts, rounds)
  return { ...layOut({ days, experts, rounds, now: new Date().toISOString() }), days, experts, rounds, bureau: board.bureau }
}
