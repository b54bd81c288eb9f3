// The coordinator's desk: who is calling, in which language, then the frame with its six places.

import { loadWords, say } from "../shared/words.js"
import { html, render } from "../vendor/view.js"
import { recognise } from "./account.js"
import { Frame } from "./frame.js"
import { Mishap } from "./states.js"

const page = document.getElementById("page")

async function start() {
  await loadWords(new URL("./", import.meta.url).href)
  document.title = say("title")
  try {
    if (await recognise()) render(html`<${Frame} />`, page)
  } catch (error) {
    render(html`<main class="alone"><${Mishap} error=${error} again=${start} /></main>`, page)
  }
}

start()
