// The chosen day on the map: the bureau's own district outlines, no tiles, so it works without any network.

import { dayOf } from "../../shared/format.js"
import { say } from "../../shared/words.js"
import { html, useEffect, useRef, useState } from "../../vendor/view.js"
import { useAnswer } from "../asking.js"
import { dayAndWeekday } from "../dates.js"
import { Loading } from "../states.js"
import { DayLayer } from "./day-layer.js"
import { stopsOf } from "./timeline.js"

export function DayMap({ day, rounds, letters, bureau, chosen, choose }) {
  const { data: outlines } = useAnswer("/board/map")
  const box = useRef(null)
  const layer = useRef(null)
  const [leaflet, setLeaflet] = useState(null)
  const trips = rounds.filter((round) => round.mode === "on_site" && dayOf(round.leaves_at) === day).map((round) => ({ id: round.id, letter: letters.get(round.id), stops: stopsOf(round) }))

  useEffect(() => {
    let gone = false
    import("../../vendor/leaflet/leaflet-src.esm.js").then((module) => !gone && setLeaflet(module))
    return () => {
      gone = true
      layer.current?.close()
    }
  }, [])
  useEffect(() => {
    if (!leaflet || !outlines) return
    layer.current ??= new DayLayer(leaflet, box.current, { outlines, bureau, zoomIn: say("map.in"), zoomOut: say("map.out") })
    layer.current.show(trips, chosen, choose)
  }, [leaflet, outlines, day, chosen, rounds])

  const stops = trips.reduce((all, trip) => all + trip.stops.length, 0)
  return html`<div class="day-map">
    <header><h2>${dayAndWeekday(day)}</h2><span class="quiet small push">${say("map.sum", { trips: trips.length, stops })}</span></header>
    ${!(leaflet && outlines) && html`<${Loading} words=${say("map.drawing")} />`}
    <div class="map" hidden=${!(leaflet && outlines)} ref=${box} role="group" aria-label=${say("map.title", { day: dayAndWeekday(day) })}></div>
  </div>`
}
