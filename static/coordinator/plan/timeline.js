// Where everything lies on the board: officers down, days across. No DOM; positions are fractions (0 to 1) of the whole width.

import { clock, dayOf } from "../../shared/format.js"

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ" // no I, no O: they look like figures
const OFFICE_BEGINS = 9 * 60 // minutes after local midnight, where no shift says otherwise
const OFFICE_ENDS = 17 * 60
const NOON = 13 * 60 // ends the morning: lunch belongs to nobody

/** Whole minutes after local midnight (Beijing). */
export function minuteOf(moment) {
  const [hours, minutes] = clock(moment).split(":").map(Number)
  return hours * 60 + minutes
}

/** The hours a day is drawn with, wide enough for every shift and round, on whole hours. */
export function officeHours(experts, rounds) {
  const begins = [OFFICE_BEGINS, ...experts.flatMap((expert) => expert.shifts.map((shift) => shift.begins)), ...rounds.map((round) => minuteOf(round.leaves_at))]
  const ends = [OFFICE_ENDS, ...experts.flatMap((expert) => expert.shifts.map((shift) => shift.ends)), ...rounds.map((round) => minuteOf(round.back_at))]
  return { begins: Math.floor(Math.min(...begins) / 60) * 60, ends: Math.ceil(Math.max(...ends) / 60) * 60 }
}

/** The days on which somebody works or something is planned; all of them where there is none. */
export function worked(days, experts, rounds) {
  const some = days.filter((day) => experts.some((expert) => expert.shifts.some((shift) => shift.day === day)) || rounds.some((round) => dayOf(round.leaves_at) === day))
  return some.length > 0 ? some : days
}

/** A, B, … Z, A2, B2, …: a letter for each trip, in the order of leaving. */
export function lettersOf(rounds) {
  const trips = rounds.filter((round) => round.mode === "on_site").sort((one, other) => one.leaves_at.localeCompare(other.leaves_at) || one.id - other.id)
  return new Map(trips.map((round, at) => [round.id, LETTERS[at % LETTERS.length] + (at < LETTERS.length ? "" : Math.floor(at / LETTERS.length) + 1)]))
}

/**
 * The officers in an order that puts those who go together next to each other, the most frequent pairs first;
 * otherwise as they came. A greedy path cover: good enough for twenty people, and it never moves without a reason.
 */
export function inCrews(experts, rounds) {
  const together = new Map()
  for (const { lead, second } of rounds) {
    if (!second) continue
    const key = [lead.id, second.id].sort((one, other) => one - other).join(" ")
    together.set(key, (together.get(key) || 0) + 1)
  }
  const chainOf = new Map(experts.map((expert) => [expert.id, [expert.id]]))
  const pairs = [...together].sort((one, other) => other[1] - one[1] || one[0].localeCompare(other[0]))
  for (const [key] of pairs) {
    const [one, other] = key.split(" ").map(Number)
    const left = chainOf.get(one)
    const right = chainOf.get(other)
    if (!left || !right || left === right || !isEnd(left, one) || !isEnd(right, other)) continue
    if (left.at(-1) !== one) left.reverse()
    if (right[0] !== other) right.reverse()
    left.push(...right)
    for (const id of right) chainOf.set(id, left)
  }
  const byId = new Map(experts.map((expert) => [expert.id, expert]))
  return [...new Set(experts.map((expert) => chainOf.get(expert.id)))].flat().map((id) => byId.get(id))
}

const isEnd = (chain, id) => chain[0] === id || chain.at(-1) === id

/** Stops of a round: visits at one place one after the other are one stop (多勘合一). */
export function stopsOf(round) {
  const stops = []
  for (const visit of round.visits) {
    const last = stops.at(-1)
    if (last && samePlace(last[0], visit)) last.push(visit)
    else stops.push([visit])
  }
  return stops
}

export const isJoint = (round) => stopsOf(round).some((stop) => stop.length > 1)

function samePlace(one, other) {
  return one.premises === other.premises && one.longitude === other.longitude && one.latitude === other.latitude
}

/**
 * Everything to draw, each with its row, span of rows, and left and width as fractions.
 * @param {{days: string[], experts: object[], rounds: object[], now?: string}} board experts in the order of the rows
 */
export function layOut({ days, experts, rounds, now }) {
  const hours = officeHours(experts, rounds)
  const row = new Map(experts.map((expert, at) => [expert.id, at]))
  const letters = lettersOf(rounds)
  const at = (day, minute) => {
    const within = Math.min(Math.max((minute - hours.begins) / (hours.ends - hours.begins), 0), 1)
    return (days.indexOf(day) + within) / days.length
  }
  const from = (starts, ends) => ({ left: at(dayOf(starts), minuteOf(starts)), width: at(dayOf(ends), minuteOf(ends)) - at(dayOf(starts), minuteOf(starts)) })
  const seen = rounds.filter((round) => days.includes(dayOf(round.leaves_at)) && row.has(round.lead.id))
  return {
    hours,
    letters,
    trips: seen.filter((round) => round.mode === "on_site").flatMap((round) => tripBlocks(round, row, letters, from)),
    videos: videoGroups(seen.filter((round) => round.mode === "video"), row, at, days, hours),
    away: experts.flatMap((expert) => awayOf(expert, days, hours, at, row.get(expert.id))),
    off: experts.flatMap((expert) => days.filter((day) => !expert.shifts.some((shift) => shift.day === day)).map((day) => ({ row: row.get(expert.id), left: at(day, hours.begins), width: 1 / days.length }))),
    past: now ? pastOf(days, now, at) : 0,
    noon: days.map((day) => at(day, NOON)),
  }
}

/** One block over both rows when the two officers are neighbours, else one in each row with the same letter. */
function tripBlocks(round, row, letters, from) {
  const rows = [round.lead, round.second].filter((officer) => officer && row.has(officer.id)).map((officer) => row.get(officer.id)).sort((one, other) => one - other)
  const common = { key: `trip ${round.id}`, kind: "trip", round, letter: letters.get(round.id), joint: isJoint(round), stops: stopsOf(round).length, ...from(round.leaves_at, round.back_at) }
  if (rows.length === 2 && rows[1] - rows[0] === 1) return [{ ...common, row: rows[0], span: 2 }]
  return rows.map((one) => ({ ...common, row: one, span: 1 }))
}

/** An officer's videos of one half-day are one target: a pill alone is too small to be one (WCAG 2.5.8). */
function videoGroups(rounds, row, at, days, hours) {
  const groups = new Map()
  for (const round of rounds) {
    for (const officer of [round.lead, round.second]) {
      if (!officer || !row.has(officer.id)) continue
      const day = dayOf(round.leaves_at)
      const morning = minuteOf(round.leaves_at) < NOON
      const key = `video ${officer.id} ${day} ${morning ? "am" : "pm"}`
      const left = at(day, morning ? hours.begins : NOON)
      const width = at(day, morning ? NOON : hours.ends) - left
      if (!groups.has(key)) groups.set(key, { key, kind: "videos", officer, day, morning, row: row.get(officer.id), span: 1, left, width, rounds: [] })
      groups.get(key).rounds.push(round)
    }
  }
  for (const group of groups.values()) {
    group.rounds.sort((one, other) => one.leaves_at.localeCompare(other.leaves_at))
    group.pills = group.rounds.map((round) => {
      const starts = at(group.day, minuteOf(round.leaves_at))
      return { id: round.id, round, joint: isJoint(round), left: (starts - group.left) / group.width, width: (at(group.day, minuteOf(round.back_at)) - starts) / group.width }
    })
  }
  return [...groups.values()].sort((one, other) => one.row - other.row || one.left - other.left)
}

function awayOf(expert, days, hours, at, row) {
  return expert.absences.flatMap((absence) =>
    days
      .filter((day) => dayOf(absence.starts_at) <= day && day <= dayOf(absence.ends_at))
      .map((day) => {
        const left = at(day, dayOf(absence.starts_at) === day ? minuteOf(absence.starts_at) : hours.begins)
        const right = at(day, dayOf(absence.ends_at) === day ? minuteOf(absence.ends_at) : hours.ends)
        return { row, kind: absence.kind, left, width: right - left }
      })
      .filter((piece) => piece.width > 0),
  )
}

/** How much of the width is over. */
function pastOf(days, now, at) {
  const today = dayOf(now)
  if (days.includes(today)) return at(today, minuteOf(now))
  return days.filter((day) => day < today).length / days.length
}

const MOVES = {
  ArrowLeft: (block, from) => block.row <= from.row + from.span - 1 && from.row <= block.row + block.span - 1 && block.left < from.left,
  ArrowRight: (block, from) => block.row <= from.row + from.span - 1 && from.row <= block.row + block.span - 1 && block.left > from.left,
  ArrowUp: (block, from) => block.row + block.span - 1 < from.row,
  ArrowDown: (block, from) => block.row > from.row + from.span - 1,
}

/** The block an arrow key leads to: along the row, or to the nearest time in the nearest row. Itself where there is none. */
export function neighbour(blocks, from, key) {
  const sideways = key === "ArrowLeft" || key === "ArrowRight"
  const rowsApart = (block) => Math.max(block.row - (from.row + from.span - 1), from.row - (block.row + block.span - 1), 0)
  const distance = (block) => (sideways ? 0 : rowsApart(block) * 10) + Math.abs(block.left + block.width / 2 - (from.left + from.width / 2))
  const reachable = blocks.filter((block) => block.key !== from.key && MOVES[key](block, from))
  return reachable.sort((one, other) => distance(one) - distance(other))[0] || from
}
