// The phone's camera and microphone: opened in the order that gets the most, and turned round.

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } }

/** What a browser's refusal means to the person holding the phone. */
const WHY = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" }

export class Camera {
  stream = new MediaStream()
  facing = "environment"
  /** "ok", "denied", "none" or "busy", each. */
  picture = "none"
  sound = "none"

  get track() {
    return this.stream.getVideoTracks()[0] || null
  }

  /** Open what can be opened, afresh; never throws and never blocks the call. */
  async open() {
    this.close()
    const both = await ask({ audio: true, video: this.#wish() })
    const picture = both.stream ? both : await ask({ video: this.#wish() })
    const sound = both.stream ? both : await ask({ audio: true })
    this.picture = picture.stream ? "ok" : picture.why
    this.sound = sound.stream ? "ok" : sound.why
    const tracks = [picture, sound].flatMap((got) => got.stream?.getTracks() || [])
    this.stream = new MediaStream(new Set(tracks))
    return this.stream
  }

  /** The other camera; the first again when there is no other. */
  async flip() {
    const before = this.facing
    this.track?.stop() // some phones open only one camera at a time
    this.facing = before === "environment" ? "user" : "environment"
    let got = await ask({ video: this.#wish() })
    if (!got.stream) {
      this.facing = before
      got = await ask({ video: this.#wish() })
    }
    this.picture = got.stream ? "ok" : got.why
    this.stream = new MediaStream([...this.stream.getAudioTracks(), ...(got.stream?.getVideoTracks() || [])])
    return this.stream
  }

  close() {
    for (const track of this.stream.getTracks()) track.stop()
    this.stream = new MediaStream()
  }

  /** Facing is a wish, never a demand: a phone with one camera must still be seen. */
  #wish() {
    return { facingMode: { ideal: this.facing }, ...PICTURE }
  }
}

async function ask(constraints) {
  try {
    return { stream: await navigator.mediaDevices.getUserMedia(constraints) }
  } catch (error) {
    return { why: WHY[error.name] || "busy" }
  }
}
