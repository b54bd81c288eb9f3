// Parts of the two screens that are the camera's picture: the call, and taking photos without one.

import { h, icon } from "../shared/dom.js"

export function film(stream, spoken, muted) {
  const video = h("video", { class: "scene", playsinline: true, autoplay: true, muted, "aria-label": spoken })
  video.muted = muted
  video.srcObject = stream
  return video
}

export function tool(drawing, words, onclick, kind = "") {
  return h("button", { class: `tool ${kind}`.trim(), onclick }, icon(drawing), words)
}

/** The round button, with what it does and what it is for. */
export function shutter({ busy, words, what, onclick }) {
  return h("button", { class: "shutter", "aria-disabled": busy ? "true" : null, onclick: () => !busy && onclick() }, h("i", { "aria-hidden": "true" }), h("span", {}, words, h("small", {}, what)))
}

/** The way to the phone's own camera app, for a browser that gives no picture. It stands hidden in the page; `click` opens it. */
export function photoFile(spoken, onFile) {
  return h("input", {
    type: "file",
    accept: "image/*",
    capture: "environment",
    class: "visually-hidden",
    tabindex: "-1",
    "aria-label": spoken,
    onchange: (event) => {
      const [file] = event.target.files
      event.target.value = ""
      if (file) onFile(file)
    },
  })
}
