// Keeps the applicant's page itself on the phone, so that it opens without a network. What the server answers is never kept here.

const CACHE = "phone page"
const PATIENCE_MILLISECONDS = 3_000 // then what is kept serves
const AWAY_MILLISECONDS = 15_000 // once nothing came, the rest of the page is not waited for

/** All that the page loads, but for what only a network makes use of. */
const PAGE = [
  "/j",
  ...["after", "aloud", "app", "call", "calling", "camera", "check", "finder", "frozen", "guided", "invite", "kept", "later", "lens", "microphone", "parts", "pointed", "remembered", "route", "sign", "store", "uploads", "waiting"].map((name) => `/static/applicant/${name}.js`),
  ...["api", "backoff", "dom", "format", "frozen", "ladder", "latest", "link-page", "live", "others", "peer", "place", "sha256", "signature", "still", "theme", "words"].map((name) => `/static/shared/${name}.js`),
  ...["applicant/style.css", "applicant/words.en.json", "applicant/words.zh.json", "shared/base.css", "shared/icons.svg", "shared/link-page.css", "shared/tokens.css"].map((name) => `/static/${name}`),
]

let awayUntil = 0

self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())))
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))
self.addEventListener("message", (event) => event.waitUntil(keep().catch(() => {}))) // without a network the page that is kept stays
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url)
  if (event.request.method === "GET" && origin === self.location.origin && PAGE.includes(pathname)) event.respondWith(answer(event.request, pathname))
})

/** All or nothing, so that no module meets one of another release. */
const keep = async () => (await caches.open(CACHE)).addAll(PAGE)

async function answer(request, pathname) {
  const kept = await (await caches.open(CACHE)).match(pathname)
  if (!kept) return fetch(request)
  if (Date.now() < awayUntil) return kept
  try {
    const fresh = await within(fetch(request), PATIENCE_MILLISECONDS)
    return fresh.status < 500 ? fresh : kept
  } catch {
    awayUntil = Date.now() + AWAY_MILLISECONDS
    return kept
  }
}

function within(promise, milliseconds) {
  let timer = 0
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("too slow")), milliseconds)))
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
