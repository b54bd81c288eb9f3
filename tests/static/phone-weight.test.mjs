import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { test } from "node:test"
import { gzipSync } from "node:zlib"

const MOST_BYTES = 40 * 1024 // gzip, everything before the camera's picture shows
const STATIC = new URL("../../static/", import.meta.url)

/** A module and everything it imports before it runs. */
function modulesFrom(path, found = new Set()) {
  if (found.has(path)) return found
  found.add(path)
  const source = readFileSync(new URL(path, STATIC), "utf8")
  for (const [, to] of source.matchAll(/^(?:import|export)[^"\n]*?from "([^"]+)"|^import "([^"]+)"/gm)) modulesFrom(new URL(to, `file:///${path}`).pathname.slice(1), found)
  return found
}

/** What a page fetches by itself before there is a picture, and everything a viewer of a guidance session ever does. */
const FETCHED = {
  applicant: ["applicant/check.js", "applicant/camera.js", "applicant/kept.js"],
  observer: [],
  viewer: ["viewer/watching.js", "viewer/replayed.js"],
}

for (const [place, later] of Object.entries(FETCHED)) for (const language of ["zh", "en"]) {
  test(`what the ${place}'s phone loads before its first picture stays under 40 KB (${language})`, () => {
    const page = readFileSync(new URL(`${place}/index.html`, STATIC), "utf8")
    const named = [...page.matchAll(/(?:href|src)="\/static\/([^"]+)"/g)].map((found) => found[1])
    const modules = [`${place}/app.js`, ...later, "shared/theme.js"].flatMap((path) => [...modulesFrom(path)])
    const all = new Set([`${place}/index.html`, `${place}/words.${language}.json`, ...named, ...modules])
    const bytes = [...all].reduce((sum, path) => sum + gzipSync(readFileSync(new URL(path, STATIC)), { level: 9 }).length, 0)
    assert.ok(modules.length > 10)
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`)
  })
}
