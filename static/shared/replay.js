// Plays a recording that lies in many short files: two pictures take turns, so that the next file is ready when one ends.

const LOOK_MILLISECONDS = 200
const DRIFT_SECONDS = 0.4 // between the two sides; less is not heard

/** Draws nothing itself: it moves the videos it is given, and says where it is. */
export class Replay {
  #stretches // of the side that is seen, in the order of time, each with where it lies in the whole
  #experts // each one's stretches and video
  #videos // the one that is seen first
  #onChange
  #at = 0 // index of the stretch that is seen
  #wanted = false // to be playing
  #look

  /** @param {object[]} stretches of all sides, from the server: the applicant's are seen, those of experts go along; where there is one side, it is seen
   *  @param {{screen: HTMLVideoElement[], beside?: HTMLVideoElement[], onChange: (now: {seconds: number, playing: boolean}) => void}} on */
  constructor(stretches, { screen, beside = [], onChange }) {
    const shown = stretches.filter((one) => one.side === "applicant")
    const sorted = (all) => all.map((one) => ({ ...one, begins: Date.parse(one.starts_at) / 1000 })).sort((one, other) => one.begins - other.begins)
    this.#stretches = sorted(shown.length ? shown : stretches)
    this.#experts = shown.length ? expertsOf(stretches).map((identity, n) => ({ video: beside[n], stretches: sorted(stretches.filter((one) => one.identity === identity)) })) : []
    let from = 0
    for (const one of this.#stretches) {
      one.from = from
      from += one.seconds
    }
    this.seconds = from // all that can be played
    this.#videos = [...screen]
    this.#onChange = onChange
    for (const video of screen) video.onended = video.onerror = () => video === this.#videos[0] && this.#next()
    this.#show(0, 0)
    this.#look = setInterval(() => this.#follow(), LOOK_MILLISECONDS)
  }

  stop() {
    clearInterval(this.#look)
    for (const video of this.#all()) {
      video.pause()
      video.removeAttribute("src")
      video.load()
    }
  }

  toggle() {
    this.#wanted = !this.#wanted
    if (this.#wanted) this.#videos[0].play().catch((error) => error.name === "NotAllowedError" && this.toggle())
    else for (const video of this.#all()) video.pause()
    this.#follow()
  }

  /** To so many seconds of all that can be played. */
  seek(seconds) {
    const index = this.#indexAt(seconds)
    this.#show(index, seconds - this.#stretches[index].from)
  }

  /** To a second of one stretch, and play. */
  jump(id, seconds) {
    const index = this.#stretches.findIndex((one) => one.id === id)
    if (index < 0) return
    this.#wanted = true
    this.#show(index, seconds)
  }

  /** When what is seen at so many seconds happened. */
  momentAt(seconds) {
    const one = this.#stretches[this.#indexAt(seconds)]
    return new Date((one.begins + seconds - one.from) * 1000).toISOString()
  }

  #indexAt(seconds) {
    return Math.max(0, this.#stretches.filter((one) => one.from <= seconds).length - 1) // findLastIndex is too new for old phones
  }

  #show(index, seconds) {
    const [video] = this.#videos
    this.#at = index
    load(video, this.#stretches[index].url)
    video.currentTime = seconds
    if (this.#wanted) video.play().catch(() => {})
    this.#prepare()
    this.#follow()
  }

  #next() {
    if (this.#at + 1 >= this.#stretches.length) return this.#wanted && this.toggle()
    this.#videos.reverse()
    const [video, before] = this.#videos
    this.#at += 1
    load(video, this.#stretches[this.#at].url)
    video.play().catch(() => {})
    video.hidden = false
    before.hidden = true
    this.#prepare()
  }

  #prepare() {
    const next = this.#stretches[this.#at + 1]
    if (next) load(this.#videos[1], next.url)
  }

  #all() {
    return [...this.#videos, ...this.#experts.map((one) => one.video)]
  }

  /** The other side goes along, by the clock on the wall. */
  #follow() {
    const [video] = this.#videos
    const stretch = this.#stretches[this.#at]
    const moment = stretch.begins + video.currentTime
    for (const { video: beside, stretches } of this.#experts) {
      const other = stretches.find((one) => moment >= one.begins && moment < one.begins + one.seconds)
      beside.hidden = !other?.width
      if (!other) {
        beside.pause()
        continue
      }
      load(beside, other.url)
      if (Math.abs(beside.currentTime - (moment - other.begins)) > DRIFT_SECONDS) beside.currentTime = moment - other.begins
      if (this.#wanted && beside.paused) beside.play().catch(() => {})
    }
    this.#onChange({ seconds: stretch.from + video.currentTime, playing: this.#wanted })
  }
}

const POINTED_MILLISECONDS = 5_000 // as long as the phone showed a place, unless another followed

/** Where an expert pointed at a moment: {x, y}, or null. */
export function pointedAt(shown, moment) {
  const now = Date.parse(moment)
  for (const { path, at } of shown.filter((one) => one.kind === "pointing").reverse()) {
    const since = now - Date.parse(at)
    const last = path.findLast(([seconds]) => seconds * 1000 <= since)
    if (last && since < path.at(-1)[0] * 1000 + POINTED_MILLISECONDS) return { x: last[1], y: last[2] }
  }
  return null
}

/** Whose recordings there are beside the applicant's. */
export function expertsOf(stretches) {
  return [...new Set(stretches.filter((one) => one.side === "expert").map((one) => one.identity))]
}

function load(video, url) {
  if (video.getAttribute("src") !== url) video.src = url
}
