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
 *     beat: () => ({ session: 3, quality: "good" }),   // sent every 2 s while it gives something: in a call, to be seen there
 *     as: "phone",                                     // who speaks, where one browser may hold both cookies
 *   })
 *   await live.open()
 */
export class Live {
  #socket = null
  #timer = 0

  constructor({ watch = [], on = {}, onUp = () => {}, onDown = () => {}, beat = null, as = "staff", connect = connectByVendor }) {
    Object.assign(this, { watch, on, onUp, onDown, beat, as, connect })
  }

  get isUp() {
    return Boolean(this.#socket && this.#socket.connected)
  }

  /** Start; afterwards it reconnects by itself until `close`. */
  async open() {
    if (this.#socket) return
    this.#socket = await this.connect(this.as)
    this.#socket.on("connect", () => {
      for (const [event, payload] of this.watch) this.#socket.emit(event, payload)
      this.onUp()
    })
    this.#socket.on("disconnect", (reason) => this.onDown(reason))
    this.#socket.on("connect_error", () => this.onDown("unreachable"))
    for (const [event, listener] of Object.entries(this.on)) this.#socket.on(event, listener)
    if (this.beat) this.#timer = setInterval(() => this.#breathe(), BEAT_MILLISECONDS)
    this.#socket.connect()
  }

  /** Watch one more thing, now and after every reconnection. */
  also(event, payload) {
    this.watch.push([event, payload])
    if (this.isUp) this.#socket.emit(event, payload)
  }

  /** Say something once; `onHeard` has the server's code. Nobody hears it while the line is down. */
  say(event, payload, onHeard = () => {}) {
    if (this.isUp) this.#socket.emit(event, payload, ({ code }) => onHeard(code))
  }

  #breathe() {
    const beat = this.isUp && this.beat()
    if (beat) this.#socket.emit("beat", beat)
  }

  close() {
    clearInterval(this.#timer)
    if (this.#socket) this.#socket.disconnect()
    this.#socket = null
  }
}

async function connectByVendor(as) {
  const { io } = await import("../vendor/socket.io.esm.min.js")
  return io({ autoConnect: false, query: { as }, transports: ["websocket", "polling"], reconnectionDelay: 500, reconnectionDelayMax: 5_000 })
}
