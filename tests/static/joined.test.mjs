// What goes along with a recording that is handed over.

import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import test from "node:test"
import { noteOf } from "../../static/coordinator/cases/joined.js"
import { useWords } from "../../static/shared/words.js"

useWords(JSON.parse(readFileSync(new URL("../../static/coordinator/words.zh.json", import.meta.url), "utf8")), "zh")

const FILE = { file_name: "A-1 甲记小炒 申请人画面 2026-11-26 10-30.mp4", seconds: 3_905, bytes: 340_000_000, sha256: "ab", starts_at: "2026-11-26T02:30:00Z", holes: [] }

test("the note says what the file is, where it begins, and every hole with its cause", () => {
  const lines = noteOf({ ...FILE, holes: [{ begins: 65, seconds: 6, cause: "disk: No space left" }] }).split("\r\n")
  assert.deepEqual(lines.slice(0, 3), [FILE.file_name, "1:05:05  340\u00a0MB", "SHA-256 ab"])
  assert.match(lines[3], /2026年11月26日 10:30/)
  assert.match(lines[5], /1:05 起 6 秒/)
})

test("the note of a whole recording says that nothing is missing", () => assert.match(noteOf(FILE), /没有缺口/))
