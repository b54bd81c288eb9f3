import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { test } from "node:test"

const VENDOR = new URL("../../static/vendor/", import.meta.url)
const rows = readFileSync(new URL("README.md", VENDOR), "utf8").split("\n").filter((line) => /[0-9a-f]{64} \|$/.test(line)).map((line) => line.split("|").map((cell) => cell.trim()).filter(Boolean))

test("every vendored module is the one its list describes", () => {
  for (const row of rows) assert.equal(createHash("sha256").update(readFileSync(new URL(row[0], VENDOR))).digest("hex"), row.at(-1), row[0])
})

test("no vendored module is missing from the list", () => {
  const listed = new Set([...rows.map((row) => row[0]), "view.js"])
  assert.deepEqual(readdirSync(VENDOR).filter((name) => name.endsWith(".js") && !listed.has(name)), [])
  assert.ok(existsSync(new URL("licences/preact.txt", VENDOR)))
})

test("pages import by relative path with the full file name, and write no inline script or style", () => {
  for (const place of ["applicant", "expert", "shared", "vendor"]) {
    const folder = new URL(`../${place}/`, VENDOR)
    for (const name of readdirSync(folder)) {
      if (!/\.(js|html)$/.test(name)) continue
      const source = readFileSync(new URL(name, folder), "utf8")
      for (const [, from] of source.matchAll(/(?:^|[;\n}])(?:import|export)\b[^"'`;]*?from\s?"([^"]+)"/g)) assert.match(from, /^\.\.?\/.*\.js$/, `${place}/${name}: ${from}`)
      if (place !== "vendor") assert.doesNotMatch(source, /\sstyle=|<style|<script>|\beval\(|new Function\(|innerHTML/, `${place}/${name}`)
    }
  }
})
