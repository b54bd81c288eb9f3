// The one door to the server: JSON in, JSON out; a refusal is a Problem, silence is NoAnswer.

import { Backoff } from "./backoff.js"

const ROOT = "/api/v1"
const ANSWER_MILLISECONDS = 20_000
const UPLOAD_MILLISECONDS = 120_000 // a 4 MB photo at 300 kbit/s
const BUSY = new Set([408, 425, 429])

/** The server understood and said no. `message` is in the reader's language; `code` is the contract. */
export class Problem extends Error {
  /** @param {number} status @param {{title?: string, code?: string, values?: object, fields?: object[]}} body */
  constructor(status, body) {
    super(body.title || String(status))
    this.name = "Problem"
    this.status = status
    this.code = body.code || "unknown"
    this.values = body.values || {}
    this.fields = body.fields || []
  }
}

/** Nobody answered in time, or something between us and the server did: worth asking again. */
export class NoAnswer extends Error {
  constructor(reason) {
    super(reason)
    this.name = "NoAnswer"
  }
}

let csrf = ""

/** Keep the token that goes with every write; GET /me, POST /join and GET /applicant bring it. */
export function holdCsrf(token) {
  if (token) csrf = token
}

/** A random UUID (version 4), also where crypto.randomUUID is missing: plain http on the bureau's network. */
export function newKey() {
  if (globalThis.crypto.randomUUID) return globalThis.crypto.randomUUID()
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const get = (path) => ask("GET", path)
export const post = (path, body = {}, options) => ask("POST", path, body, options)
export const patch = (path, body, options) => ask("PATCH", path, body, options)
export const remove = (path, options) => ask("DELETE", path, undefined, options)

/**
 * One request. Every write carries an idempotency key: give the same `key` again to repeat it safely.
 * @param {string} method @param {string} path below /api/v1
 * @param {object | FormData} [body] @param {{key?: string}} [options]
 */
async function ask(method, path, body, { key = newKey() } = {}) {
  const headers = { Accept: "application/json" }
  if (method !== "GET") {
    headers["X-CSRF-Token"] = csrf
    headers["Idempotency-Key"] = key
  }
  const isForm = typeof FormData !== "undefined" && body instanceof FormData
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json"
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), isForm ? UPLOAD_MILLISECONDS : ANSWER_MILLISECONDS)
  let response, text
  try {
    response = await fetch(ROOT + path, {
      method,
      headers,
      body: isForm ? body : body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: limit.signal,
    })
    text = await response.text()
  } catch (error) {
    throw new NoAnswer(error.name === "AbortError" ? "timeout" : "network")
  } finally {
    clearTimeout(timer)
  }
  const answer = parsed(text)
  if (response.ok) {
    if (answer && answer.csrf) holdCsrf(answer.csrf)
    return answer
  }
  if (BUSY.has(response.status) || response.status >= 500) throw new NoAnswer(String(response.status))
  throw new Problem(response.status, answer && typeof answer === "object" ? answer : {})
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null
  } catch {
    return null
  }
}

/**
 * Repeat `attempt` until the server has answered; a refusal ends it at once.
 * The attempt must carry the same idempotency key each time.
 * @template T
 * @param {() => Promise<T>} attempt
 * @param {{signal?: AbortSignal, onWait?: (milliseconds: number) => void, pause?: (milliseconds: number) => Promise<void>}} [options]
 * @returns {Promise<T>}
 */
export async function untilHeard(attempt, { signal, onWait = () => {}, pause = pauseUntilOnline } = {}) {
  const backoff = new Backoff()
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof NoAnswer) || (signal && signal.aborted)) throw error
      const milliseconds = backoff.next()
      onWait(milliseconds)
      await pause(milliseconds)
    }
  }
}

/** Wait, but no longer than until the network comes back. */
export function pauseUntilOnline(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      globalThis.removeEventListener?.("online", done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    globalThis.addEventListener?.("online", done)
  })
}
