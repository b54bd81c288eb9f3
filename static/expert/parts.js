// Parts every expert's page uses.

import { NoAnswer } from "../shared/api.js"
import { iconAddress } from "../shared/dom.js"
import { choice, choose, isDark } from "../shared/theme.js"
import { language, rememberLanguage, say } from "../shared/words.js"
import { html, signal, useEffect, useRef, useState } from "../vendor/view.js"

export function Icon({ name }) {
  return html`<svg class="icon" aria-hidden="true"><use href=${iconAddress(name)} /></svg>`
}

export function Loading({ what }) {
  return html`<div class="loading" role="status"><p>${what}</p><progress class="progress" aria-label=${what}></progress></div>`
}

/** What went wrong, and its cure. */
export function Mishap({ error, again }) {
  const silent = error instanceof NoAnswer
  return html`<div class="empty" role="alert">
    <${Icon} name=${silent ? "offline" : "rectify"} />
    <b>${silent ? say("mishap.silent") : error.message}</b>
    <p>${silent ? say("mishap.silent_cure") : say("mishap.cure")}</p>
    <button class="button primary" type="button" onClick=${again}>${say("mishap.again")}</button>
  </div>`
}

/** Language, light, size of words: the same three on every page. */
export function Settings() {
  const [dark, setDark] = useState(isDark())
  const [large, setLarge] = useState(choice("text") === "large")
  const speak = (which) => {
    rememberLanguage(which)
    location.reload() // the server's own words change too
  }
  return html`<span class="settings">
    <button class="button plain square" type="button" aria-pressed=${String(large)} aria-label=${say("large")} title=${say("large")} onClick=${() => (choose("text", large ? "normal" : "large"), setLarge(!large))}><b aria-hidden="true">A</b></button>
    <button class="button plain square" type="button" aria-pressed=${String(dark)} aria-label=${say("dark")} title=${say("dark")} onClick=${() => (choose("theme", dark ? "light" : "dark"), setDark(!dark))}><${Icon} name="moon" /></button>
    <span class="languages" role="group" aria-label=${say("language")}>
      ${["zh", "en"].map((which) => html`<button key=${which} type="button" lang=${which === "zh" ? "zh-CN" : "en"} aria-pressed=${String(which === language())} onClick=${() => which !== language() && speak(which)}>${which === "zh" ? "中文" : "EN"}</button>`)}
    </span>
  </span>`
}

/** A sheet at the side: the page stays in sight, Escape closes it, focus returns where it was. */
export function Side({ title, onClose, children, footer }) {
  const ref = useRef(null)
  useEffect(() => {
    ref.current.showModal()
  }, [])
  return html`<dialog class="side" ref=${ref} aria-label=${title} onClose=${onClose} onClick=${(event) => event.target === ref.current && onClose()}>
    <header><h2>${title}</h2><button class="button plain square push" type="button" aria-label=${say("close")} onClick=${onClose}><${Icon} name="close" /></button></header>
    <div class="body" tabindex="0">${children}</div>
    <footer>${footer}</footer>
  </dialog>`
}

const toast = signal(null)
let leaving = 0

/** Say what happened at the foot of the page; `undo` takes it back while the words are there. */
export function tell(words, { undo = null, seconds = 6 } = {}) {
  clearTimeout(leaving)
  toast.value = { words, undo }
  leaving = setTimeout(() => (toast.value = null), seconds * 1000)
}

export function Toast() {
  const said = toast.value
  return html`<div class="toast-place" role="status">
    ${said && html`<p class="toast">${said.words}${said.undo && html`<button type="button" onClick=${() => (said.undo(), (toast.value = null))}>${say("undo")}</button>`}</p>`}
  </div>`
}

/** A picture stream in the page; the browser is asked to play again whenever the stream changes. */
export function Film({ stream, muted = false, spoken, onHeard = () => {}, kind = "scene" }) {
  const ref = useRef(null)
  useEffect(() => {
    const video = ref.current
    video.muted = muted
    video.srcObject = stream
    if (stream)
      video.play().then(
        () => onHeard(true),
        (error) => error.name === "NotAllowedError" && onHeard(false),
      )
  }, [stream])
  return html`<video class=${kind} ref=${ref} playsinline autoplay aria-label=${spoken}></video>`
}
