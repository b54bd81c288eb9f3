// What this phone keeps until the server has it: photos, and enough of the invitation to go on without a network.

const DATABASE = "yunkan"
const PLACES = ["pieces", "bytes", "notes"] // of a piece what is known of it, and its bytes apart: they are read one by one
const OPEN_MILLISECONDS = 3_000 // some browsers never answer

/**
 * IndexedDB, which survives the page being closed and the phone restarted. Where there is none, or it is full, the page's own
 * memory serves, and `lacks` says why: closing the page then loses what was not sent.
 */
export class Store {
  /** "" while everything is on the phone for good, else "private" or "full". */
  lacks = ""
  #database
  #memory = Object.fromEntries(PLACES.map((place) => [place, new Map()]))

  /** @param {IDBFactory | null} factory */
  constructor(factory = reachable()) {
    this.#database = opened(factory).catch(() => {
      this.lacks = "private"
      return null
    })
  }

  /** Keep one piece; its bytes are handed over, not copied. @param {{id: string, session: number}} piece @param {ArrayBuffer} bytes */
  async put(piece, bytes) {
    await this.#write(["pieces", "bytes"], (places) => {
      places.pieces.put(piece, piece.id)
      places.bytes.put(bytes, piece.id)
    }, () => {
      this.#memory.pieces.set(piece.id, piece)
      this.#memory.bytes.set(piece.id, bytes)
    })
  }

  /** Everything kept of one call, without the bytes. */
  async pieces(session) {
    return (await this.#all()).filter((piece) => piece.session === session)
  }

  /** What was kept of other calls: of an appointment that was moved, perhaps. */
  async others(session) {
    return (await this.#all()).filter((piece) => piece.session !== session)
  }

  async #all() {
    const stored = await this.#read("pieces", (place) => place.getAll())
    return [...(stored || []), ...this.#memory.pieces.values()]
  }

  /** @returns {Promise<ArrayBuffer | null>} null if it is here no more: another window may have sent it */
  async bytes(id) {
    return this.#memory.bytes.get(id) || (await this.#read("bytes", (place) => place.get(id))) || null
  }

  async forget(id) {
    this.#memory.pieces.delete(id)
    this.#memory.bytes.delete(id)
    await this.#write(["pieces", "bytes"], (places) => {
      places.pieces.delete(id)
      places.bytes.delete(id)
    })
  }

  /** A note under a name, for the next time this page is opened. @param {object} value */
  async note(name, value) {
    this.#memory.notes.set(name, value)
    await this.#write(["notes"], (places) => places.notes.put(value, name))
  }

  async noted(name) {
    return this.#memory.notes.get(name) || (await this.#read("notes", (place) => place.get(name))) || null
  }

  async #read(place, ask) {
    const database = await this.#database
    if (!database) return null
    try {
      return await answered(ask(database.transaction(place).objectStore(place)))
    } catch {
      return null // as good as nothing stored
    }
  }

  async #write(places, change, otherwise = () => {}) {
    const database = await this.#database
    try {
      if (!database) return otherwise()
      const transaction = database.transaction(places, "readwrite")
      change(Object.fromEntries(places.map((place) => [place, transaction.objectStore(place)])))
      await done(transaction)
      if (!this.#memory.pieces.size) this.lacks = "" // there is room again, and all of it is on the phone
    } catch (error) {
      this.lacks = error?.name === "QuotaExceededError" ? "full" : "private"
      otherwise()
    }
  }
}

function reachable() {
  try {
    return globalThis.indexedDB || null
  } catch {
    return null // a browser that is told to keep nothing
  }
}

async function opened(factory) {
  if (!factory) throw new Error("no IndexedDB")
  const request = factory.open(DATABASE, 1)
  request.onupgradeneeded = () => PLACES.forEach((place) => request.result.createObjectStore(place))
  let timer = 0
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("too slow")), OPEN_MILLISECONDS)))
  return Promise.race([answered(request), late]).finally(() => clearTimeout(timer))
}

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

const done = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
