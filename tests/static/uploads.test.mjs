import assert from "node:assert/strict"
import { test } from "node:test"
import { Store } from "../../static/applicant/store.js"
import { Uploads } from "../../static/applicant/uploads.js"
import { NoAnswer, Problem } from "../../static/shared/api.js"

const TAKEN_AT = new Date("2026-11-24T03:58:00Z")
const blob = (text) => new Blob([text], { type: "image/jpeg" })

/** A server of one call that can be out of reach, and keeps what it is sent. */
class Server {
  kept = []
  forms = []
  questions = 0
  away = false
  refused = ""
  answers = [] // what the next requests meet instead: an Error to throw, before or after the photo was kept
  ask = async () => {
    this.questions += 1
    if (this.away) throw new NoAnswer("network")
    return { csrf: "secret", steps: [{ name: "sinks", photos_done: 0 }], kept: [...this.kept], until: "2026-11-25T04:00:00Z", refused: this.refused }
  }
  send = async (form) => {
    const [kind, error] = this.answers.shift() || []
    if (this.away) throw new NoAnswer("network")
    if (kind === "before") throw error
    this.forms.push(Object.fromEntries(form))
    const { point, sha256 } = Object.fromEntries(form)
    if (!this.kept.some((each) => each.sha256 === sha256 && each.point === point)) this.kept.push({ point, sha256 })
    if (kind === "after") throw error
    return { number: this.kept.length, sha256, point: null }
  }
}

async function phone({ server = new Server(), store = new Store(null), pause = async () => {} } = {}) {
  const uploads = new Uploads({ store, ask: server.ask, send: server.send, pause })
  await uploads.open(7)
  return { server, store, uploads }
}

/** A phone whose server is away, and which waits for a network for ever. */
async function cutOff(options = {}) {
  const server = options.server || new Server()
  server.away = true
  return phone({ ...options, server, pause: () => new Promise(() => {}) })
}

const add = (uploads, text, extra = {}) => uploads.add({ blob: blob(text), point: "sinks", takenAt: TAKEN_AT, live: false, ...extra })

async function addAndSend(uploads, text) {
  await add(uploads, text)
  await uploads.go()
}

test("a photo is sent with its point, its time, its digest, and whether anybody watched; then it is forgotten", async () => {
  const { server, store, uploads } = await phone()
  await addAndSend(uploads, "a photo")
  const [form] = server.forms
  assert.equal(form.point, "sinks")
  assert.equal(form.taken_at, TAKEN_AT.toISOString())
  assert.equal(form.live, "false")
  assert.match(form.sha256, /^[0-9a-f]{64}$/)
  assert.equal(await form.file.text(), "a photo")
  assert.deepEqual(await store.pieces(7), [])
  assert.equal(uploads.waiting, 0)
})

test("with each photo goes how many others still wait, also of those that were seen live", async () => {
  const server = new Server()
  const { uploads } = await cutOff({ server })
  await add(uploads, "live", { live: true })
  await add(uploads, "live as well", { live: true })
  server.away = false
  const later = new Uploads({ store: uploads.store, ask: server.ask, send: server.send, pause: async () => {} })
  await later.open(7)
  await later.go()
  assert.deepEqual(server.forms.map((form) => form.waiting), ["1", "0"])
})

test("what was taken for an appointment that was moved is not sent with the next, nor forgotten unasked, nor kept for ever", async () => {
  const { store, uploads: before } = await cutOff()
  await add(before, "of the first appointment")
  const server = new Server()
  const uploads = new Uploads({ store, ask: server.ask, send: server.send })
  await uploads.open(8)
  await addAndSend(uploads, "of the next")
  assert.equal(server.forms.length, 1)
  assert.deepEqual(uploads.others.map((piece) => piece.session), [7])
  await uploads.discardOthers()
  assert.deepEqual([uploads.others, await store.pieces(7)], [[], []])
})

test("without a network everything stays on the phone, and goes when there is one: the smallest first, one at a time", async () => {
  const server = new Server()
  let tries = 0
  let underWay = 0
  const send = server.send
  server.send = async (form) => {
    assert.equal(++underWay, 1)
    await Promise.resolve()
    return send(form).finally(() => (underWay -= 1))
  }
  server.away = true
  let comeBack
  const back = new Promise((resolve) => (comeBack = resolve))
  const { store, uploads } = await phone({ server, pause: async () => (++tries > 2 ? back : null) })
  await Promise.all([add(uploads, "the largest of three"), add(uploads, "small"), add(uploads, "a larger one")])
  while (tries < 3) await new Promise(setImmediate)
  assert.equal((await store.pieces(7)).length, 3)
  assert.equal(uploads.waiting, 3)
  server.away = false
  comeBack()
  await uploads.go()
  assert.deepEqual(await Promise.all(server.forms.map((form) => form.file.text())), ["small", "a larger one", "the largest of three"])
  assert.deepEqual(server.forms.map((form) => form.waiting), ["2", "1", "0"])
  assert.deepEqual(await store.pieces(7), [])
})

test("a page that is opened again sends what the one before it left, and no photo twice", async () => {
  const { server, store, uploads } = await cutOff()
  await add(uploads, "one")
  await add(uploads, "two")
  server.away = false
  server.kept.push({ point: "sinks", sha256: uploads.pieces[0].sha256 }) // arrived, though the phone never heard so

  const after = await phone({ server, store })
  await after.uploads.go()
  assert.equal(server.questions, 1)
  assert.deepEqual(await Promise.all(server.forms.map((form) => form.file.text())), ["two"])
  assert.deepEqual(await store.pieces(7), [])
})

test("an upload that is cut after it arrived is not sent again: the server is asked first", async () => {
  const { server, store, uploads } = await phone()
  server.answers.push(["after", new NoAnswer("network")])
  await addAndSend(uploads, "a photo")
  assert.equal(server.forms.length, 1)
  assert.equal(server.questions, 1)
  assert.deepEqual(await store.pieces(7), [])
})

test("once the call is lost nothing is said to be on its way until the server has answered again", async () => {
  const { server, uploads } = await phone()
  await uploads.compare()
  assert.equal(uploads.reached, true)
  uploads.doubt()
  let answer
  server.ask = uploads.ask = () => new Promise((resolve) => (answer = resolve))
  await add(uploads, "a photo")
  assert.equal(uploads.reached, false)
  assert.equal(server.forms.length, 0)
  answer({ csrf: "", steps: [], kept: [], until: "", refused: "" })
  await uploads.go()
  assert.equal(uploads.reached, true)
  assert.equal(server.forms.length, 1)
})

test("an upload that is cut before it arrived is sent again whole", async () => {
  const { server, uploads } = await phone()
  server.answers.push(["before", new NoAnswer("timeout")])
  await addAndSend(uploads, "a photo")
  assert.equal(server.forms.length, 1)
  assert.equal(uploads.waiting, 0)
})

test("the phone forgets nothing that the server calls by another digest", async () => {
  const server = new Server()
  const send = server.send
  let lies = 2
  server.send = async (form) => {
    if (!lies) return send(form)
    lies -= 1
    return { number: 1, sha256: "0".repeat(64), point: null }
  }
  const { uploads, store } = await phone({ server })
  await addAndSend(uploads, "a photo")
  assert.equal(lies, 0)
  assert.equal(server.kept.length, 1)
  assert.deepEqual(await store.pieces(7), [])
})

test("the same photo of the same point is one piece, of another point another", async () => {
  const { uploads } = await cutOff()
  await add(uploads, "a photo")
  await add(uploads, "a photo")
  await add(uploads, "a photo", { point: "menu" })
  assert.equal(uploads.pieces.length, 2)
  assert.equal(uploads.countOf("sinks"), 1)
})

test("a link that was taken back stops it all: the photos stay, and a new link sends them", async () => {
  const { server, store, uploads } = await phone()
  const problems = []
  uploads.listeners.add(({ problem }) => problem && problems.push(problem.code))
  server.answers.push(["before", new Problem(401, { code: "not_signed_in", title: "请先登录" })])
  await addAndSend(uploads, "one")
  await addAndSend(uploads, "two")
  assert.equal(uploads.refused.code, "not_signed_in")
  assert.deepEqual(problems, ["not_signed_in"])
  assert.equal((await store.pieces(7)).length, 2)
  assert.equal(server.forms.length, 0)

  const after = await phone({ server, store })
  await after.uploads.go()
  assert.equal(server.forms.length, 2)
  assert.deepEqual(await store.pieces(7), [])
})

test("when nothing is taken any more the phone says the server's words and keeps its photos", async () => {
  const { server, store, uploads: first } = await cutOff()
  await add(first, "a photo")
  server.away = false
  server.refused = "结论已经出了"
  const { uploads } = await phone({ server, store })
  await uploads.go()
  assert.deepEqual(uploads.refused, { code: "no_longer_taken", message: "结论已经出了" })
  assert.equal((await store.pieces(7)).length, 1)
  await uploads.discardRefused()
  assert.deepEqual(await store.pieces(7), [])
})

test("one photo that is refused holds up no other, and only a person lets go of it", async () => {
  const { server, store, uploads } = await phone()
  server.answers.push(["before", new Problem(422, { code: "evidence_not_accepted", title: "照片不完整", values: { cause: "broken" } })])
  await addAndSend(uploads, "1")
  await addAndSend(uploads, "another")
  assert.equal(server.forms.length, 1)
  assert.equal(uploads.waiting, 0)
  assert.equal(uploads.pieces[0].refused, "照片不完整")
  assert.equal((await store.pieces(7)).length, 1)
  await uploads.discardRefused()
  assert.deepEqual(await store.pieces(7), [])
})

test("a photo that was damaged on the way goes again, but not for ever", async () => {
  const { server, uploads } = await phone()
  const damaged = () => ["before", new Problem(422, { code: "evidence_not_accepted", title: "变了", values: { cause: "hash_mismatch" } })]
  server.answers.push(damaged())
  await addAndSend(uploads, "a photo")
  assert.equal(uploads.waiting, 0)
  assert.equal(server.forms.length, 1)
  server.answers.push(damaged(), damaged(), damaged())
  await addAndSend(uploads, "another photo")
  assert.equal(uploads.pieces[0].refused, "变了")
})

test("a token that is out of date is fetched anew", async () => {
  const { server, uploads } = await phone()
  server.answers.push(["before", new Problem(403, { code: "bad_csrf" })])
  await addAndSend(uploads, "a photo")
  assert.equal(server.questions, 1)
  assert.equal(server.forms.length, 1)
})

test("a photo that arrived is not wanted again though an older list comes after it", async () => {
  const server = new Server()
  let letGo = () => {}
  const held = new Promise((resolve) => (letGo = resolve))
  const { uploads } = await phone({ server })
  await uploads.learn()
  const ask = async () => ({ ...(await server.ask()), steps: [{ name: "sinks", photos_done: server.kept.length }] })
  uploads.ask = async () => {
    uploads.ask = ask
    const older = await ask()
    await held
    return older
  }
  const learnt = uploads.learn()
  await addAndSend(uploads, "a photo")
  assert.equal(uploads.countOf("sinks"), 1)
  letGo()
  await learnt
  assert.equal(uploads.countOf("sinks"), 1)
})

test("what is wanted is remembered for when there is no network, without the secret of the session", async () => {
  const { server, store, uploads } = await phone()
  await uploads.compare()
  server.away = true
  const after = await phone({ server, store })
  assert.deepEqual(after.uploads.told.steps, [{ name: "sinks", photos_done: 0 }])
  assert.equal(after.uploads.told.csrf, undefined)
})

test("photos of another call on the same phone are left alone", async () => {
  const { server, store, uploads } = await cutOff()
  await add(uploads, "a photo")
  server.away = false
  const other = new Uploads({ store, ask: server.ask, send: server.send, pause: async () => {} })
  await other.open(8)
  await other.go()
  assert.equal(other.waiting, 0)
  assert.equal(server.forms.length, 0)
  assert.equal((await store.pieces(7)).length, 1)
})

test("a phone whose storage is full still sends, and says so until what was too much is with the server", async () => {
  let full = true
  const request = (result) => ({ set onsuccess(then) { queueMicrotask(() => then()) }, result })
  const database = {
    transaction: (places, mode) => {
      if (full && mode) throw new DOMException("no room", "QuotaExceededError")
      return { objectStore: () => ({ getAll: () => request([]), get: () => request(undefined), put() {}, delete() {} }), set oncomplete(then) { queueMicrotask(() => then()) } }
    },
  }
  const { server, store, uploads } = await cutOff({ store: new Store({ open: () => request(database) }) })
  await add(uploads, "a photo")
  assert.equal(store.lacks, "full")
  assert.equal(uploads.waiting, 1)

  const going = await phone({ server, store })
  server.away = full = false
  await going.uploads.go()
  assert.equal(server.forms.length, 1)
  assert.equal(store.lacks, "")
})

test("a browser that keeps nothing still sends, and says that closing the page loses photos", async () => {
  for (const factory of [null, { open: () => { throw new DOMException("no", "SecurityError") } }]) {
    let comeBack
    const back = new Promise((resolve) => (comeBack = resolve))
    const { server, store, uploads } = await phone({ store: new Store(factory), pause: () => back })
    server.away = true
    await add(uploads, "a photo")
    assert.equal(store.lacks, "private")
    assert.equal(uploads.waiting, 1)
    server.away = false
    comeBack()
    await uploads.go()
    assert.equal(server.forms.length, 1)
  }
})
