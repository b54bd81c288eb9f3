// Hints from the server over Socket.IO. They carry no truth: after each (re)connection the page fetches its state again.

const BEAT_MILLISECONDS = 2_000

/**
 * One connection of one page.
 *
 *   const live = new Live({
 *     watch: [["watch", { survey: 7 }]],
 *     on: { "survey.changed": refetch },
 *     onUp: refetch,
 *     onDown: () => …,
 *     quality: () => "good",   // only where the page is in a call: sent every 2 s
 *   })
 *   await live.open()
 */
export class Live {
  #socket = null
  #timer = 0

  constructor({ watch = [], on = {}, onUp = () => {}, onDown = () => {}, quality = null, connect = connectByVendor }) {
    Object.assign(this, { watch, on, onUp, onDown, quality, connect })
  }

  get isUp() {
    return Boolean(this.#socket && this.#socket.connected)
  }

  /** Start; afterwards it reconnects by itself until `close`. */
  async open() {
    if (this.#socket) return
    this.#socket = await this.connect()
    this.#socket.on("connect", () => {
      for (const [event, payload] of this.watch) this.#socket.emit(event, payload)
      this.onUp()
    })
    this.#socket.on("disconnect", (reason) => this.onDown(reason))
    this.#socket.on("connect_error", () => this.onDown("unreachable"))
    for (const [event, listener] of Object.entries(this.on)) this.#socket.on(event, listener)
    if (this.quality) this.#timer = setInterval(() => this.isUp && this.#socket.emit("beat", { quality: this.quality() }), BEAT_MILLISECONDS)
    this.#socket.connect()
  }

  /** Watch one more thing, now and after every reconnection. */
  also(event, payload) {
    this.watch.push([event, payload])
    if (this.isUp) this.#socket.emit(event, payload)
  }

  close() {
    clearInterval(this.#timer)
    if (this.#socket) this.#socket.disconnect()
    this.#socket = null
  }
}

async function connectByVendor() {
  const { io } = await import("../vendor/socket.io.esm.min.js")
  return io({ autoConnect: false, transports: ["websocket", "polling"], reconnectionDelay: 500, reconnectionDelayMax: 5_000 })
}
