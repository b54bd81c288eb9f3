// Days and stretches of time as the desk writes them, on top of shared/format.js.

import { clock, day, dayOf, shiftDay, weekday } from "../shared/format.js"
import { language, say } from "../shared/words.js"

/** "11月24日 周二"; "Tue 24 Nov". */
export function dayAndWeekday(value) {
  return language() === "zh" ? `${day(value)} ${weekday(value)}` : `${weekday(value)} ${day(value)}`
}

/** "11月24日至27日"; "24 to 27 Nov"; one day alone stays one day. */
export function dayRange(first, last) {
  if (first === last) return dayAndWeekday(first)
  const sameMonth = first.slice(0, 7) === last.slice(0, 7)
  if (language() === "zh") return `${day(first)}至${sameMonth ? `${Number(last.slice(8))}日` : day(last)}`
  return `${sameMonth ? Number(first.slice(8)) : day(first)} to ${day(last)}`
}

/** "11月24日 10:05". */
export function stamp(moment) {
  return `${day(moment)} ${clock(moment)}`
}

/** "2026年11月24日"; "24 Nov 2026": of what lies years away. */
export function dayAndYear(value) {
  const year = (/^\d{4}-\d\d-\d\d$/.test(value) ? value : dayOf(value)).slice(0, 4)
  return language() === "zh" ? `${year}年${day(value)}` : `${day(value)} ${year}`
}

/** "2026年11月24日 10:05". */
export const stampAndYear = (moment) => `${dayAndYear(moment)} ${clock(moment)}`

/** "10:05 至 10:35". */
export function hours(starts, ends) {
  return say("hours", { from: clock(starts), to: clock(ends) })
}

/** Monday to Friday of the week a day lies in. */
export function workWeek(iso) {
  const fromMonday = (new Date(`${iso}T00:00:00Z`).getUTCDay() + 6) % 7
  const monday = shiftDay(iso, -fromMonday)
  return { first: monday, last: shiftDay(monday, 4) }
}

/** Whether it is a Saturday or Sunday. */
export const isWeekend = (iso) => [0, 6].includes(new Date(`${iso}T00:00:00Z`).getUTCDay())

/** Today in Beijing. */
export const today = () => dayOf(new Date())
