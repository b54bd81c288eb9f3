// One photo from a running camera, as sharp as the phone can make it.

const PHOTO_MILLISECONDS = 6_000
const SETTLE_MILLISECONDS = 400 // a camera needs a few frames to focus after it changed its size
const JPEG_QUALITY = 0.92

/**
 * Take a still: the camera's own photo; where the browser has none, or it fails, the camera is raised to its largest size
 * and one frame is drawn. When this too is refused the page offers <input capture>.
 * @param {MediaStreamTrack} track a live camera
 * @returns {Promise<{blob: Blob, way: "photo" | "frame"}>}
 * @throws {Error} the camera gave no picture
 */
export async function takeStill(track) {
  if (track.readyState !== "live") throw new Error("camera ended")
  if (typeof ImageCapture !== "undefined") {
    try {
      const blob = await within(new ImageCapture(track).takePhoto(), PHOTO_MILLISECONDS)
      if (blob && blob.size) return { blob, way: "photo" }
    } catch {
      // iOS before 18.4, or a camera busy elsewhere: the frame below still serves.
    }
  }
  return { blob: await within(frame(track), PHOTO_MILLISECONDS), way: "frame" }
}

async function frame(track) {
  const before = track.getSettings()
  const { width, height } = track.getCapabilities?.() || {}
  await resize(track, before, width?.max || 4096, height?.max || 2160)
  const video = document.createElement("video")
  video.muted = true
  video.playsInline = true
  video.srcObject = new MediaStream([track])
  try {
    await video.play()
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MILLISECONDS))
    if (!video.videoWidth) throw new Error("no picture")
    return await drawn(video, video.videoWidth, video.videoHeight)
  } finally {
    video.srcObject = null
    if (before.width) resize(track, before, before.width, before.height)
  }
}

/** Another size, with the light and the zoom that were: constraints take the place of all earlier ones. */
async function resize(track, { zoom, torch }, width, height) {
  const size = { width: { ideal: width }, height: { ideal: height } }
  const kept = { ...(zoom === undefined ? {} : { zoom }), ...(torch === undefined ? {} : { torch }) }
  const advanced = Object.keys(kept).length ? { advanced: [kept] } : {}
  try {
    await track.applyConstraints({ ...size, ...advanced })
  } catch {
    await track.applyConstraints(size).catch(() => {}) // it stays at the size it has
    if (advanced.advanced) await track.applyConstraints(advanced).catch(() => {}) // Chromium wants the two apart
  }
}

function drawn(source, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height })
  canvas.getContext("2d").drawImage(source, 0, 0)
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", JPEG_QUALITY))
}

function within(promise, milliseconds) {
  let timer = 0
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("too slow")), milliseconds)))
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
