// A frozen still with what is drawn on it, as both sides see it. The server draws by the same measures (inspection/evidence/drawing.py).

const SVG = "http://www.w3.org/2000/svg"
/** Shares of the picture's longer side. */
const WIDTH = 0.006
const EDGE_WIDTH = 0.003
const LETTER = 0.035
const HEAD = 0.03
const LONGEST_SIDE = 1600 // of a view; the original may be larger
const THIN = 0.004 // of the picture: nearer to each other two places of a line look like one
export const MOST_PLACES = 200
export const MOST_LETTERS = 20

/** One drawing, shown in `node`. */
export class FrozenStill {
  #picture = mark("image", {})
  #strokes = mark("g", {})
  #size = { width: 1, height: 1 }
  #shown = ""

  /** @param {string} spoken what a screen reader says of the whole */
  constructor(spoken) {
    this.node = mark("svg", { class: "frozen-still", role: "img", "aria-label": spoken })
    this.node.append(this.#picture, this.#strokes)
  }

  /** @param {{view_url: string, width: number, height: number, strokes: object[]}} frozen */
  show(frozen, unsent = []) {
    if (this.#shown !== frozen.view_url) this.#load(frozen)
    this.#strokes.replaceChildren(...[...frozen.strokes, ...unsent].flatMap((stroke) => drawn(stroke, this.#size)))
  }

  /** Where in the picture a point of the window lies; null beside it. */
  placeAt(clientX, clientY) {
    const matrix = this.#strokes.getScreenCTM()
    if (!matrix) return null
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse())
    const [across, down] = [x / this.#size.width, y / this.#size.height]
    return across >= 0 && across <= 1 && down >= 0 && down <= 1 ? { x: across, y: down } : null
  }

  /** Before the picture has come it is laid out as it will be, but for the words below it. */
  #load(frozen) {
    this.#shown = frozen.view_url
    this.#layOut(frozen, viewOf(frozen))
    const loading = new Image()
    loading.onload = () => this.#shown === frozen.view_url && this.#layOut(frozen, { width: loading.naturalWidth, height: loading.naturalHeight })
    loading.src = frozen.view_url
    this.#picture.setAttribute("href", frozen.view_url)
  }

  #layOut(frozen, view) {
    const { left, width, height } = inView(frozen, view)
    this.#size = { width, height }
    this.node.setAttribute("viewBox", `0 0 ${view.width} ${view.height}`)
    this.#picture.setAttribute("width", view.width)
    this.#picture.setAttribute("height", view.height)
    this.#strokes.setAttribute("transform", `translate(${left} 0)`)
  }
}

function viewOf({ width, height }) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height))
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/** Where the picture lies in its view: at the top; in the middle of one that is wider, because its words need room. */
export function inView(picture, view) {
  const { width, height } = viewOf(picture)
  return { left: Math.max(0, (view.width - width) / 2), width, height }
}

/** The lines of a stroke in pixels of a picture so large; none for a text. */
export function linesOf({ kind, places }, size) {
  const at = places.map(([x, y]) => [x * size.width, y * size.height])
  const side = Math.max(size.width, size.height)
  if (kind === "arrow") return [at, headOf(at[0], at[1], HEAD * side)]
  if (kind === "circle") return [roundOf(at[0], at[1])]
  return kind === "line" ? [at] : []
}

function headOf(tail, tip, length) {
  const back = Math.atan2(tail[1] - tip[1], tail[0] - tip[0])
  const [one, other] = [1, -1].map((side) => [tip[0] + length * Math.cos(back + (side * Math.PI) / 6), tip[1] + length * Math.sin(back + (side * Math.PI) / 6)])
  return [one, tip, other]
}

function roundOf(corner, opposite) {
  const [x, y] = [0, 1].map((i) => (corner[i] + opposite[i]) / 2)
  const [across, down] = [0, 1].map((i) => Math.abs(opposite[i] - corner[i]) / 2)
  return Array.from({ length: 73 }, (_, step) => [x + across * Math.cos((step * Math.PI) / 36), y + down * Math.sin((step * Math.PI) / 36)])
}

/** A line as the hand went, without places that are too near to be seen, and no longer than may be. */
export function thinned(places) {
  const kept = places.slice(0, 1)
  for (const place of places.slice(1)) {
    const [x, y] = kept.at(-1)
    if (Math.hypot(place[0] - x, place[1] - y) >= THIN) kept.push(place)
  }
  if (kept.length > 1) kept[kept.length - 1] = places.at(-1)
  const every = Math.ceil(kept.length / (MOST_PLACES - 1))
  return kept.filter((_, i) => i % every === 0 || i === kept.length - 1)
}

function drawn(stroke, size) {
  const side = Math.max(size.width, size.height)
  if (stroke.kind === "text") {
    const [[x, y]] = stroke.places
    const text = mark("text", { class: "stroke-text", x: x * size.width, y: y * size.height, "font-size": LETTER * side, "stroke-width": 2 * EDGE_WIDTH * side })
    text.textContent = stroke.text
    return [text]
  }
  const lines = linesOf(stroke, size).map((line) => line.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "))
  const of = (kind, width) => lines.map((points) => mark("polyline", { class: kind, points, "stroke-width": width * side }))
  return [...of("stroke-edge", WIDTH + 2 * EDGE_WIDTH), ...of("stroke-ink", WIDTH)]
}

function mark(tag, attributes) {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  return node
}
