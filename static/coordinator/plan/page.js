// 排班: order a plan, watch it being made, read it on the board, publish it or throw it away.

import { say } from "../../shared/words.js"
import { html } from "../../vendor/view.js"
import { mayChange } from "../account.js"
import { useAnswer } from "../asking.js"
import { today, workWeek } from "../dates.js"
import { route } from "../route.js"
import { Loading, Mishap } from "../states.js"
import { BoardOf } from "./board-of.js"
import { Earlier } from "./earlier.js"
import { FairDraw } from "./fair-draw.js"
import { PlanFigures } from "./figures.js"
import { usePlan } from "./following.js"
import { Order } from "./order.js"
import { Run } from "./run.js"
import { Unplanned } from "./unplanned.js"

const COMPUTING = new Set(["queued", "running"])

export function Page() {
  const { id, query } = route.value
  const plans = useAnswer("/plans")
  if (plans.error && !plans.data) return html`<main class="alone"><${Mishap} error=${plans.error} again=${plans.again} /></main>`
  if (!plans.data) return html`<main class="alone"><${Loading} /></main>`
  const open = plans.data.items.find((plan) => COMPUTING.has(plan.status) || plan.status === "draft")
  const shown = id ?? (query.new ? null : open?.id ?? null)
  return shown === null ? html`<${Standing} plans=${plans} />` : html`<${One} key=${shown} id=${shown} plans=${plans} />`
}

/** No plan is open: what is already promised this week, and the order for a new plan. */
function Standing({ plans }) {
  const week = workWeek(today())
  return html`
    <${PlanFigures} />
    <main class="plan ordering">
      <section class="panel unplanned" aria-label=${say("plan.new")}>
        ${mayChange() && html`<${Order} ordered=${plans.again} />`}
        <${Earlier} plans=${plans.data.items} />
      </section>
      <${BoardOf} first=${week.first} last=${week.last} steps=${true} />
    </main>`
}

function One({ id, plans }) {
  const { plan, error, again } = usePlan(id)
  const refresh = () => {
    again()
    plans.again()
  }
  if (error && !plan) return html`<main class="alone"><${Mishap} error=${error} again=${again} /></main>`
  if (!plan) return html`<main class="alone"><${Loading} /></main>`
  return html`
    <${PlanFigures} plan=${plan} changed=${refresh} />
    <main class="plan">
      <section class="panel unplanned" aria-label=${say("plan.unplanned_title")}>
        <${Unplanned} plan=${plan} />
        <${FairDraw} plan=${plan} />
        <${Earlier} plans=${plans.data.items} shown=${id} />
      </section>
      <${BoardOf} first=${plan.first_day} last=${plan.last_day} plan=${plan}>
        ${COMPUTING.has(plan.status) && html`<${Run} plan=${plan} changed=${refresh} />`}
      <//>
    </main>`
}
