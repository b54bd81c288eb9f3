import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Live } from "../../static/shared/live.js"

class Socket {
  connected = false
  sent = []
  listeners = {}
  on(event, listener) {
    this.listeners[event] = listener
  }
  emit(...message) {
    this.sent.push(message)
  }
  connect() {
    this.connected = true
    this.listeners.connect()
  }
  disconnect() {
    this.connected = false
  }
}

test("after each reconnection everything is watched again and fetched again", async () => {
  const socket = new Socket()
  let fetched = 0
  const live = new Live({ watch: [["watch", { survey: 7 }]], onUp: () => (fetched += 1), connect: async () => socket })
  await live.open()
  live.also("watch", { survey: 8 })
  socket.listeners.disconnect("transport close")
  socket.connect()
  assert.equal(fetched, 2)
  assert.deepEqual(socket.sent.map(([, payload]) => payload.survey), [7, 8, 7, 8])
})

test("a page beats every two seconds, but only while it is in the call", async () => {
  mock.timers.enable({ apis: ["setInterval"] })
  const socket = new Socket()
  let inCall = false
  const live = new Live({ beat: () => inCall && { session: 3, quality: "good" }, connect: async () => socket })
  await live.open()
  mock.timers.tick(4_000)
  assert.deepEqual(socket.sent, [])
  inCall = true
  mock.timers.tick(4_000)
  assert.deepEqual(socket.sent, [["beat", { session: 3, quality: "good" }], ["beat", { session: 3, quality: "good" }]])
  live.close()
  mock.timers.tick(4_000)
  assert.equal(socket.sent.length, 2)
  mock.timers.reset()
})
