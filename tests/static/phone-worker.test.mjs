import assert from "node:assert/strict"
import { existsSync, readFileSync } from "node:fs"
import { test } from "node:test"
import vm from "node:vm"

const STATIC = new URL("../../static/", import.meta.url)
const ORIGIN = "https://yunkan.test"
const ONLY_ONLINE = ["vendor/socket.io.esm.min.js"] // hints: worth nothing without a network

/** The worker in a browser of which only this is real: what it keeps, and whether there is a network. */
class Browser {
  kept = new Map()
  listeners = {}
  fetched = []
  network = () => new Response("fresh")
  constructor() {
    const cache = {
      addAll: async (paths) => paths.forEach((path) => this.kept.set(path, new Response("kept"))),
      match: async (path) => this.kept.get(path)?.clone(),
    }
    const self = { addEventListener: (name, listener) => (this.listeners[name] = listener), location: new URL(ORIGIN), skipWaiting() {}, clients: { claim() {} } }
    const fetch = async (request) => {
      this.fetched.push(request.url)
      return this.network(request)
    }
    vm.runInNewContext(readFileSync(new URL("applicant/worker.js", STATIC), "utf8"), { self, caches: { open: async () => cache }, fetch, URL, Date, setTimeout: (done) => setTimeout(done, 5), clearTimeout, Promise, Error })
  }
  async install() {
    let done
    this.listeners.install({ waitUntil: (promise) => (done = promise) })
    await done
  }
  /** What the page gets, or undefined where the worker leaves the request alone. */
  async ask(path, method = "GET") {
    let answer
    this.listeners.fetch({ request: { method, url: ORIGIN + path }, respondWith: (promise) => (answer = promise) })
    return (await answer)?.text()
  }
}

function everythingFrom(path, found = new Set()) {
  if (found.has(path) || ONLY_ONLINE.includes(path)) return found
  found.add(path)
  const source = readFileSync(new URL(path, STATIC), "utf8")
  for (const [, to] of source.matchAll(/(?:from |import\()"([^"]+)"/g)) everythingFrom(new URL(to, `file:///${path}`).pathname.slice(1), found)
  return found
}

test("the phone keeps every module its page may load, its words and its looks, and nothing that is gone", async () => {
  const browser = new Browser()
  await browser.install()
  const page = readFileSync(new URL("applicant/index.html", STATIC), "utf8")
  const named = [...page.matchAll(/(?:href|src)="\/static\/([^"]+)"/g)].map((found) => found[1])
  const modules = ["applicant/app.js", "shared/theme.js"].flatMap((path) => [...everythingFrom(path)])
  const needed = new Set(["applicant/words.en.json", "applicant/words.zh.json", ...named, ...modules].map((path) => `/static/${path}`))
  assert.deepEqual([...needed].filter((path) => !browser.kept.has(path)), [])
  for (const path of browser.kept.keys()) if (path !== "/j") assert.ok(existsSync(new URL(path.slice(8), STATIC)), path)
  assert.ok(browser.kept.has("/j"))
})

test("with a network the page is the newest; without one, or behind a broken server, the one that was kept", async () => {
  const browser = new Browser()
  await browser.install()
  assert.equal(await browser.ask("/j"), "fresh")
  browser.network = () => new Response("bad gateway", { status: 502 })
  assert.equal(await browser.ask("/j"), "kept")
  browser.network = () => Promise.reject(new TypeError("no network"))
  assert.equal(await browser.ask("/j"), "kept")
})

test("a network that swallows everything is waited for once, not for each module", async () => {
  const browser = new Browser()
  await browser.install()
  browser.network = () => new Promise(() => {})
  assert.equal(await browser.ask("/j"), "kept")
  assert.equal(await browser.ask("/static/applicant/app.js"), "kept")
  assert.equal(browser.fetched.length, 1)
})

test("what the server answers is never kept, and no other page is touched", async () => {
  const browser = new Browser()
  await browser.install()
  for (const path of ["/api/v1/applicant", "/expert/", "/static/vendor/socket.io.esm.min.js"]) assert.equal(await browser.ask(path), undefined)
  assert.equal(await browser.ask("/j", "POST"), undefined)
})
