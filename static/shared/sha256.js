// The fingerprint of a photo, taken on the phone before anything else sees it (FIPS 180-4).

/** SHA-256 of a Blob as 64 lower-case hexadecimal digits. */
export async function sha256(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer())
  const digest = globalThis.crypto?.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : digestByHand(bytes)
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}

// crypto.subtle exists in secure contexts only. A bureau's plain-http network still takes photos through <input capture>,
// so the standard's own algorithm follows: about 0.3 s for 5 MB on a phone.

/** The first 32 bits of the fractions of the roots (2 or 3) of the first primes, as the standard derives its constants. */
function fractions(count, power) {
  const found = []
  for (let n = 2; found.length < count; n += 1) {
    let prime = true
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) prime = false
    if (prime) found.push(((n ** (1 / power)) % 1) * 2 ** 32 | 0)
  }
  return found
}

const turn = (word, bits) => (word >>> bits) | (word << (32 - bits))

/** @param {Uint8Array} bytes @returns {Uint8Array} 32 bytes */
export function digestByHand(bytes) {
  const constants = fractions(64, 3)
  const state = new Int32Array(fractions(8, 2))
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0)
  const w = new Int32Array(64)
  for (let at = 0; at < padded.length; at += 64) {
    for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(at + i * 4)
    for (let i = 16; i < 64; i += 1) {
      const a = w[i - 15]
      const b = w[i - 2]
      w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))
    }
    let [a, b, c, d, e, f, g, h] = state
    for (let i = 0; i < 64; i += 1) {
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + w[i]) | 0
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0]
    }
    ;[a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] += word))
  }
  const out = new DataView(new ArrayBuffer(32))
  state.forEach((word, i) => out.setInt32(i * 4, word))
  return new Uint8Array(out.buffer)
}
