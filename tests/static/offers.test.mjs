// When somebody could come, as a coordinator reads it.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { useWords } from "../../static/shared/words.js"
import { costOf, rowsOf } from "../../static/coordinator/cases/offers.js"

const words = (which) => JSON.parse(readFileSync(new URL(`../../static/coordinator/words.${which}.json`, import.meta.url), "utf8"))

const said = (which, offer) => {
  useWords(words(which), which)
  return costOf(offer)
}

test("a detour is told in minutes, and no detour as none", () => {
  const passing = { mode: "on_site", on_way: true, driving_minutes: 6 }
  assert.equal(said("zh", passing), "顺路，多走 6\u00a0分钟")
  assert.equal(said("en", passing), "On the way, 6\u00a0min more driving")
  assert.equal(said("zh", { ...passing, driving_minutes: 0 }), "顺路，不多走")
})

test("a round of its own is no detour, and a video none at all", () => {
  assert.equal(said("zh", { mode: "on_site", on_way: false, driving_minutes: 40 }), "专跑一趟，来回 40\u00a0分钟")
  assert.equal(said("en", { mode: "video", on_way: false, driving_minutes: 0 }), "Nobody drives")
})

test("every day has its row, and noon belongs to the afternoon", () => {
  const noon = { starts_at: "2026-11-27T04:00:00Z" }
  const eleven = { starts_at: "2026-11-27T03:45:00Z" }
  assert.deepEqual(rowsOf({ days: ["2026-11-27", "2026-11-30"], items: [noon, eleven] }), [
    { day: "2026-11-27", halves: { afternoon: noon, morning: eleven } },
    { day: "2026-11-30", halves: {} },
  ])
})
