// Where a place in a picture lies in the box it is shown in, and back. Places are shares of the picture: right at any size.

const SAME_SHAPE = 1.15 // times as wide: more is a picture that lies another way, or another picture

/**
 * The frame that the whole picture takes in its box: smaller than it ("contain"), or larger and cut ("cover").
 * @param {{width: number, height: number}} box @param {{width: number, height: number}} picture @param {"contain" | "cover"} fit
 * @returns {{left: number, top: number, width: number, height: number} | null} null while there is no picture
 */
export function frameOf(box, picture, fit) {
  if (!(picture.width > 0 && picture.height > 0)) return null
  const ways = [box.width / picture.width, box.height / picture.height]
  const scale = fit === "cover" ? Math.max(...ways) : Math.min(...ways)
  const [width, height] = [picture.width * scale, picture.height * scale]
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height }
}

/** From the box to the picture; null beside it. */
export function placeAt({ left, top }, frame) {
  const x = (left - frame.left) / frame.width
  const y = (top - frame.top) / frame.height
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null
}

/** From the picture to the box. */
export const shownAt = ({ x, y }, frame) => ({ left: frame.left + x * frame.width, top: frame.top + y * frame.height })

/** A place moved by so much, and still in the picture. */
export const moved = ({ x, y }, across, down) => ({ x: within(x + across), y: within(y + down) })

/** Whether a picture that was `shape` times as wide as high is this one: not turned since, not another camera's. */
export function isOf(shape, { width, height }) {
  if (!(width > 0 && height > 0)) return false
  const times = (width / height) / shape
  return times < SAME_SHAPE && times > 1 / SAME_SHAPE
}

/** How far an arrow key moves a place, as shares; null for any other key. Shift goes five times as far. */
export function stepOf({ key, shiftKey }) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
  const by = shiftKey ? 0.1 : 0.02
  return ways[key] ? ways[key].map((way) => way * by) : null
}

const within = (share) => Math.min(1, Math.max(0, share))
