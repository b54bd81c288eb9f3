// The light and the zoom of the phone's camera, where it has them: what it can, and setting them.

/**
 * @typedef {{torch: boolean | null, zoom: {min: number, max: number, step: number, now: number} | null, cameras: number}} Able
 *   torch, zoom: null where the camera has none; cameras: how many the phone has
 */

/** @param {MediaStreamTrack | null} track @returns {Promise<Able>} */
export async function able(track) {
  if (!track || track.readyState !== "live") return { torch: null, zoom: null, cameras: 0 }
  const can = track.getCapabilities?.() || {}
  const now = track.getSettings()
  const { min, max, step = 0 } = can.zoom || {}
  return {
    torch: can.torch ? Boolean(now.torch) : null,
    zoom: max > min ? { min, max, step, now: now.zoom ?? min } : null,
    cameras: await camerasOf(),
  }
}

/**
 * @param {MediaStreamTrack} track @param {{torch?: boolean, zoom?: number}} wish in a set of their own: Chromium refuses these mixed with a size
 * @returns {Promise<boolean>} whether the camera does so now
 */
export async function set(track, wish) {
  try {
    await track.applyConstraints({ advanced: [wish] })
  } catch {
    return false
  }
  const now = track.getSettings() // what it cannot do, a camera may leave out without a word
  if (wish.torch !== undefined) return (now.torch ?? wish.torch) === wish.torch
  const step = track.getCapabilities?.().zoom?.step || 0.1
  return Math.abs((now.zoom ?? wish.zoom) - wish.zoom) <= step
}

async function camerasOf() {
  const devices = await navigator.mediaDevices.enumerateDevices?.().catch(() => [])
  return Math.max(1, (devices || []).filter((one) => one.kind === "videoinput").length)
}
