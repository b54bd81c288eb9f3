import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"
import { chosenLanguage, inWords, named, say, useWords } from "../../static/shared/words.js"

const folder = (place) => new URL(`../../static/${place}/`, import.meta.url)
const wordsOf = (place, language) => JSON.parse(readFileSync(new URL(`words.${language}.json`, folder(place)), "utf8"))
const blanks = (entry) => new Set((typeof entry === "string" ? entry : Object.values(entry).join(" ")).match(/\{\w+\}/g) || [])

/** Modules outside a place's folder that say its words. */
const ALSO = { applicant: ["shared/link-page.js"], viewer: ["shared/link-page.js", "shared/live-picture.js"], observer: ["shared/link-page.js", "shared/live-picture.js"], expert: ["shared/guidance/questions.js"] }

for (const place of ["applicant", "viewer", "observer", "expert"]) {
  test(`every word of the ${place}'s pages is there in Chinese and in English, with the same blanks`, () => {
    const [zh, en] = [wordsOf(place, "zh"), wordsOf(place, "en")]
    assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort())
    for (const key of Object.keys(zh)) assert.deepEqual(blanks(en[key]), blanks(zh[key]), key)
  })

  test(`no module of the ${place}'s pages asks for a word nobody wrote, and none is left over`, () => {
    const source = [...readdirSync(folder(place)).filter((name) => name.endsWith(".js")).map((name) => `${place}/${name}`), ...ALSO[place]].map((name) => readFileSync(new URL(`../../static/${name}`, import.meta.url), "utf8")).join("\n")
    const keys = Object.keys(wordsOf(place, "zh"))
    const literals = [...source.matchAll(/["'`]([a-z]+(?:[._][a-z_]+)*)["'`]/g)].map((found) => found[1])
    const beginnings = [...source.matchAll(/`([a-z_]+[._](?:[a-z_]+_)?)\$\{/g)].map((found) => found[1])
    for (const [, key] of source.matchAll(/say\("([^"]+)"/g)) assert.ok(keys.includes(key), key)
    for (const beginning of beginnings.filter((each) => each.includes("."))) assert.ok(keys.some((key) => key.startsWith(beginning)), beginning)
    const stems = [...source.matchAll(/`([a-z]+\.)\$\{[^}]*\}(_[a-z]+)`/g)].map((found) => [found[1], found[2]])
    const asked = (key) => literals.includes(key) || beginnings.some((beginning) => key.startsWith(beginning)) || stems.some(([before, after]) => key.startsWith(before) && key.endsWith(after))
    assert.deepEqual(keys.filter((key) => !asked(key)), [])
  })
}

test("a blank is filled, and a count chooses its English form", () => {
  useWords({ sent: { one: "{n} photo", other: "{n} photos" }, hello: "Hello {name}" }, "en")
  assert.equal(say("sent", { n: 1 }), "1 photo")
  assert.equal(say("sent", { n: 2 }), "2 photos")
  assert.equal(say("hello", { name: "Li" }), "Hello Li")
  assert.equal(say("nobody.wrote.this"), "nobody.wrote.this")
})

test("the reader's own choice beats the browser's, and Chinese is the default", () => {
  assert.equal(chosenLanguage("theme=dark; language=en", ["zh-CN"]), "en")
  assert.equal(chosenLanguage("", ["en-GB", "zh"]), "en")
  assert.equal(chosenLanguage("", ["fr"]), "zh")
  assert.equal(chosenLanguage("language=xx", []), "zh")
})

test("a text missing in one language is shown in the other", () => {
  useWords({}, "en")
  assert.equal(inWords({ zh: "水池", en: "" }), "水池")
  assert.equal(named({ name: "张记", name_en: "" }), "张记")
  assert.equal(named({ item_type: "餐饮", item_type_en: "Food" }, "item_type"), "Food")
})
