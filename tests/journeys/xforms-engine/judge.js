// Fills in a form in ODK's own engine, and says what it comes to.

import { loadForm } from "./xforms-engine.js"

/** @param {string} xform @param {[string, string][]} answers by name, as "temperature[2]", in the order they are asked */
window.judge = async (xform, answers) => {
  const form = await loadForm(xform, {})
  if (form.status !== "success") return { refused: String(form.error?.message ?? form.status) }
  const { root } = form.createInstance()
  for (const [name, value] of answers) {
    const node = nodes(root).get(name)
    if (!node?.currentState.relevant) return { refused: `${name} is not asked` }
    if (node.nodeType === "select") node.selectValue(value)
    else node.setValue(node.valueType === "int" ? BigInt(value) : Number(value))
  }
  const found = [...nodes(root)]
  return {
    asked: found.filter(([name, node]) => node.currentState.relevant && !name.startsWith("ks_")).map(([name]) => name),
    results: Object.fromEntries(found.filter(([name]) => name.startsWith("ks_")).map(([name, node]) => [name, String(node.currentState.value ?? "")])),
  }
}

/** Every question and result by its own name, with the number of what it is about: "temperature[2]". */
function nodes(root) {
  const found = new Map()
  const walk = (node) => {
    const children = node.currentState.children
    if (children) return children.forEach(walk)
    const [, nth = "", name] = node.currentState.reference.match(/(\[\d+\])?\/([^/[]+)$/)
    if (!node.currentState.reference.startsWith("/data/meta/")) found.set(`${name}${nth}`, node)
  }
  walk(root)
  return found
}

document.title = "ready"
