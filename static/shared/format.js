// Times and amounts as the bureau writes them. Moments arrive as UTC; everything here speaks Beijing time.

import { language } from "./words.js"

const ZONE = "Asia/Shanghai"
const DAY_MILLISECONDS = 86_400_000

function parts(moment, options) {
  const found = {}
  for (const part of new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options }).formatToParts(moment)) found[part.type] = part.value
  return found
}

/** The Beijing day of a moment as "2026-11-24". */
export function dayOf(moment) {
  const { year, month, day } = parts(new Date(moment), { year: "numeric", month: "2-digit", day: "2-digit" })
  return `${year}-${month}-${day}`
}

/** "10:05", 24 hours. */
export function clock(moment) {
  const { hour, minute } = parts(new Date(moment), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
  return `${hour}:${minute}`
}

/** Whole minutes after midnight as "09:30". */
export function clockOfMinutes(minutes) {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`
}

/** "11月24日" or "24 Nov"; takes a day ("2026-11-24") or a moment. */
export function day(value, which = language()) {
  const iso = /^\d{4}-\d\d-\d\d$/.test(value) ? value : dayOf(value)
  const [, month, date] = iso.split("-").map(Number)
  if (which === "zh") return `${month}月${date}日`
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`))
}

/** "周二" or "Tue"; takes a day or a moment. */
export function weekday(value, which = language()) {
  const iso = /^\d{4}-\d\d-\d\d$/.test(value) ? value : dayOf(value)
  return new Intl.DateTimeFormat(which === "zh" ? "zh-CN" : "en-GB", { weekday: "short", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`))
}

/** How many days after today a day or a moment lies; negative when past. */
export function daysAhead(value, now = new Date()) {
  const iso = /^\d{4}-\d\d-\d\d$/.test(value) ? value : dayOf(value)
  return Math.round((Date.parse(iso) - Date.parse(dayOf(now))) / DAY_MILLISECONDS)
}

/** The day n days after (or before) "2026-11-24". */
export function shiftDay(iso, days) {
  return new Date(Date.parse(iso) + days * DAY_MILLISECONDS).toISOString().slice(0, 10)
}

/** "今天", "明天", "11月24日 周二"; "today", "tomorrow", "Tue 24 Nov". */
export function dayInWords(value, { now = new Date(), which = language() } = {}) {
  const ahead = daysAhead(value, now)
  if (Math.abs(ahead) <= 1) return new Intl.RelativeTimeFormat(which === "zh" ? "zh-CN" : "en", { numeric: "auto" }).format(ahead, "day")
  return which === "zh" ? `${day(value, which)} ${weekday(value, which)}` : `${weekday(value, which)} ${day(value, which)}`
}

/** "今天上午 10:00"; "today, 10:00". */
export function when(moment, { now = new Date(), which = language() } = {}) {
  const words = dayInWords(moment, { now, which })
  const time = clock(moment)
  if (which !== "zh") return `${words}, ${time}`
  return `${words}${Number(time.slice(0, 2)) < 12 ? "上午" : "下午"} ${time}`
}
