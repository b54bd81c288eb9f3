// A name written with a finger. Strokes are points between 0 and 1 of a box three times as wide as high.

export const BOX = { width: 300, height: 100 }
const STEP = 0.004 // points closer than this (of the width) add nothing

/** Strokes as the path of an SVG whose viewBox is "0 0 300 100". */
export function pathOf(strokes) {
  return strokes
    .filter((stroke) => stroke.length)
    .map((stroke) => {
      const points = stroke.length === 1 ? [stroke[0], [stroke[0][0] + 0.003, stroke[0][1]]] : stroke
      return "M" + points.map(([x, y]) => `${(x * BOX.width).toFixed(1)} ${(y * BOX.height).toFixed(1)}`).join("L")
    })
    .join("")
}

/** Enough ink to be a name: a tap or a short line is not. */
export function isSigned(strokes) {
  let length = 0
  for (const stroke of strokes) for (let i = 1; i < stroke.length; i += 1) length += Math.hypot(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1])
  return length > 0.3
}

/**
 * Let a finger, pen or mouse write on an <svg viewBox="0 0 300 100"> holding one <path>.
 * @param {SVGSVGElement} svg @param {(strokes: number[][][]) => void} onChange
 * @returns {{strokes: () => number[][][], clear: () => void, stop: () => void}}
 */
export function penOn(svg, onChange = () => {}) {
  const path = svg.querySelector("path")
  let strokes = []
  let current = null

  const pointOf = (event) => {
    const box = svg.getBoundingClientRect()
    const clamp = (value) => Math.min(1, Math.max(0, Math.round(value * 10_000) / 10_000))
    return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)]
  }
  const draw = () => path.setAttribute("d", pathOf(strokes))
  const begin = (event) => {
    event.preventDefault()
    svg.setPointerCapture?.(event.pointerId)
    current = [pointOf(event)]
    strokes.push(current)
    draw()
  }
  const go = (event) => {
    if (!current) return
    event.preventDefault()
    for (const each of event.getCoalescedEvents?.() || [event]) {
      const point = pointOf(each)
      const last = current[current.length - 1]
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) > STEP) current.push(point)
    }
    draw()
  }
  const end = () => {
    if (!current) return
    current = null
    onChange(strokes)
  }
  const listeners = { pointerdown: begin, pointermove: go, pointerup: end, pointercancel: end }
  for (const [name, listener] of Object.entries(listeners)) svg.addEventListener(name, listener)
  return {
    strokes: () => strokes,
    clear() {
      strokes = []
      draw()
      onChange(strokes)
    },
    stop() {
      for (const [name, listener] of Object.entries(listeners)) svg.removeEventListener(name, listener)
    },
  }
}
