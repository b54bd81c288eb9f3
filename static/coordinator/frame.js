// The top bar and the place below it. Each place is fetched when it is first opened.

import { NoAnswer } from "../shared/api.js"
import { choose, isDark } from "../shared/theme.js"
import { language, rememberLanguage, say } from "../shared/words.js"
import { html, useEffect, useRef, useState } from "../vendor/view.js"
import { account, district, isAdministrator, signOut } from "./account.js"
import { addressOf, PLACES, route } from "./route.js"
import { Icon, Loading, Mishap, wordsOf } from "./states.js"
import { tell, Toast } from "./toast.js"

const PAGES = {
  cases: () => import("./cases/page.js"),
  import: () => import("./import/page.js"),
  plan: () => import("./plan/page.js"),
  today: () => import("./today/page.js"),
  guidance: () => import("./guidance/page.js"),
  archive: () => import("./archive/page.js"),
  scripts: () => import("./scripts/page.js"),
  keeping: () => import("./keeping/page.js"),
  settings: () => import("./settings/page.js"),
}
const FOR_ADMINISTRATORS = ["keeping", "scripts", "settings"]

const places = () => (isAdministrator() ? FOR_ADMINISTRATORS : PLACES)

export function Frame() {
  const place = places().includes(route.value.place) ? route.value.place : places()[0]
  return html`<div class="desk">
    <${TopBar} place=${place} />
    <${Place} key=${place} place=${place} />
    <${Toast} />
  </div>`
}

function TopBar({ place }) {
  return html`<header class="topbar">
    <span class="brand">${say("brand")}</span>
    ${district() && html`<span class="district" title=${say("district.only", { district: district() })}><span class="visually-hidden">${say("district.only", { district: district() })}</span><b aria-hidden="true">${district()}</b></span>`}
    <${Tabs} place=${place} />
    <div class="who push">
      <${Languages} />
      <${Light} />
      <span class="me"><${Icon} name="user" /><b>${account.value.name}</b><span class="quiet role">${say(`role.${account.value.role}`)}</span></span>
      <button class="button plain" type="button" onClick=${() => signOut().catch((error) => tell(wordsOf(error)))}>${say("sign_out")}</button>
    </div>
  </header>`
}

/** On a phone they do not all fit: the one we are at is in sight. */
function Tabs({ place }) {
  const nav = useRef(null)
  useEffect(() => {
    const [whole, tab] = [nav.current, nav.current.querySelector("[aria-current]")].map((node) => node.getBoundingClientRect())
    nav.current.scrollLeft += tab.left + tab.width / 2 - whole.left - whole.width / 2
  }, [place])
  return html`<nav class="tabs" ref=${nav} aria-label=${say("tabs")}>
    ${places().map((name) => html`<a key=${name} href=${addressOf(name)} aria-current=${name === place ? "page" : null}>${say(`tab.${name}`)}</a>`)}
  </nav>`
}

function Languages() {
  const speak = (which) => {
    rememberLanguage(which)
    location.reload() // the server's own words change too
  }
  return html`<span class="languages" role="group" aria-label=${say("language")}>
    ${["zh", "en"].map((which) => html`<button key=${which} type="button" lang=${which} aria-pressed=${String(which === language())} onClick=${() => speak(which)}>${say(`language.${which}`)}</button>`)}
  </span>`
}

function Light() {
  const [dark, setDark] = useState(isDark())
  const turn = () => {
    choose("theme", dark ? "light" : "dark")
    setDark(!dark)
  }
  return html`<button class="button plain square" type="button" aria-pressed=${String(dark)} aria-label=${say("dark")} title=${say("dark")} onClick=${turn}><${Icon} name="moon" /></button>`
}

function Place({ place }) {
  const [page, setPage] = useState(null)
  const [error, setError] = useState(null)
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    setError(null)
    PAGES[place]().then((module) => setPage(() => module.Page), () => setError(new NoAnswer("network"))) // not fetched: the server is silent
  }, [turn])
  useEffect(() => {
    document.title = say("title.place", { place: say(`tab.${place}`) })
  }, [])
  if (error) return html`<main class="alone"><${Mishap} error=${error} again=${() => setTurn(turn + 1)} /></main>`
  return page ? html`<${page} />` : html`<main class="alone"><${Loading} /></main>`
}
