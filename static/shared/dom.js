// Building pages without a framework: elements from plain calls, never from strings of HTML.

const SVG = "http://www.w3.org/2000/svg"
const SPRITE = new URL("icons.svg", import.meta.url)

if (typeof document !== "undefined") embed()

/** The address of one drawing, for a page that builds its own <use>. */
export const iconAddress = (name) => `#icon-${name}`

/** All drawings into the page itself: without a network, the sign for "no network" must still be drawn. */
async function embed() {
  const answer = await fetch(SPRITE).catch(() => null)
  if (!answer?.ok) return // words stand beside every drawing
  const sprite = document.importNode(new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement, true)
  for (const symbol of sprite.children) symbol.id = `icon-${symbol.id}`
  sprite.setAttribute("hidden", "")
  sprite.setAttribute("aria-hidden", "true")
  document.body.append(sprite)
}

/**
 * An element: properties starting with "on" listen, `class` and attributes are set, true is an empty attribute,
 * false and null leave it out. Children may be nodes, text, or lists of them; false and null are left out.
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value)
    else node.setAttribute(name, value === true ? "" : String(value))
  }
  node.append(...flat(children))
  return node
}

/** Everything in `node` gives way to these. */
export function fill(node, ...children) {
  node.replaceChildren(...flat(children))
  return node
}

/** A drawing beside words; with `spoken`, a drawing that stands alone. */
export function icon(name, spoken = "") {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", "icon")
  if (spoken) {
    svg.setAttribute("role", "img")
    svg.setAttribute("aria-label", spoken)
  } else svg.setAttribute("aria-hidden", "true")
  const use = document.createElementNS(SVG, "use")
  use.setAttribute("href", iconAddress(name))
  svg.append(use)
  return svg
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
}
