// Every word of the desk and of the sign-in page, in both languages, and none that nobody says.

import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { test } from "node:test"

const STATIC = fileURLToPath(new URL("../../static/", import.meta.url))

/** Modules outside a folder that say its words. */
const ALSO = { coordinator: ["shared/guidance/questions.js"], "sign-in": [] }

for (const folder of ["coordinator", "sign-in"]) {
  const words = (which) => JSON.parse(readFileSync(join(STATIC, folder, `words.${which}.json`), "utf8"))
  const own = readdirSync(join(STATIC, folder), { recursive: true }).filter((name) => name.endsWith(".js")).map((name) => join(folder, name))
  const code = [...own, ...ALSO[folder]]
    .map((name) => readFileSync(join(STATIC, name), "utf8"))
    .join("\n")

  test(`${folder}: both languages have the same keys, none empty`, () => {
    const [zh, en] = [words("zh"), words("en")]
    assert.deepEqual(Object.keys(en), Object.keys(zh))
    for (const [key, text] of Object.entries({ ...zh, ...en })) assert.ok(text && text !== "", key)
  })

  test(`${folder}: both languages fill the same blanks`, () => {
    const blanks = (entry) => [...new Set([...(typeof entry === "string" ? entry : entry.other).matchAll(/\{(\w+)\}/g)].map((found) => found[1]))].sort()
    const [zh, en] = [words("zh"), words("en")]
    for (const key of Object.keys(zh)) assert.deepEqual(blanks(en[key]), blanks(zh[key]), key)
  })

  test(`${folder}: every word the modules say is there`, () => {
    const said = [...code.matchAll(/"([a-z_]+(?:\.[a-z_]+)+)"/g)].map((found) => found[1]).filter((key) => !/^(guidance|plan|session|survey)\.changed$/.test(key))
    const simple = [...code.matchAll(/say\("([a-z_.]+)"/g)].map((found) => found[1])
    const known = words("zh")
    for (const key of new Set([...said, ...simple])) assert.ok(key in known, key)
  })

  test(`${folder}: no word that nobody says`, () => {
    const starts = [...code.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map((found) => found[1])
    for (const key of Object.keys(words("zh"))) assert.ok(code.includes(`"${key}"`) || starts.some((start) => key.startsWith(start)), key)
  })
}
