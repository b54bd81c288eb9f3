// 导入: a spreadsheet comes in, or one that came in is looked at.

import { html } from "../../vendor/view.js"
import { route } from "../route.js"
import { Preview } from "./preview.js"
import { Start } from "./start.js"

export function Page() {
  const { id } = route.value
  return id === null ? html`<${Start} />` : html`<${Preview} key=${id} id=${id} />`
}
