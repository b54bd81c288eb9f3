// Drawing one day's trips with Leaflet. Lines differ by dashes, stops by letter and number, the chosen trip is solid.

import { named } from "../../shared/words.js"

const DASHES = [null, "8 5", "2 5", "12 4 2 4"]
const MARGIN_PIXELS = [24, 24]
const FARTHEST_ZOOM_IN = 14

export class DayLayer {
  #leaflet
  #map
  #trips
  #whole

  /** @param {object} leaflet the module @param {HTMLElement} box @param {{outlines: object, bureau: {longitude: number, latitude: number}, zoomIn: string, zoomOut: string}} place */
  constructor(leaflet, box, { outlines, bureau, zoomIn, zoomOut }) {
    this.#leaflet = leaflet
    this.base = [bureau.latitude, bureau.longitude]
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    this.#map = leaflet.map(box, { attributionControl: false, zoomControl: false, zoomSnap: 0.25, keyboard: false, scrollWheelZoom: false, zoomAnimation: !still, fadeAnimation: !still })
    leaflet.control.zoom({ position: "bottomright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(this.#map)
    this.#map.setView(this.base, 11)
    const districts = leaflet.geoJSON(outlines, { interactive: false, style: { className: "district", stroke: true } }).addTo(this.#map)
    for (const feature of outlines.features) this.#name(feature)
    this.#whole = districts.getBounds()
    this.#trips = leaflet.layerGroup().addTo(this.#map)
    this.#mark(this.base, "base", "", null).addTo(this.#map)
  }

  /** @param {{id: number, letter: string, stops: object[][]}[]} trips @param {number | null} chosen @param {(id: number) => void} choose */
  show(trips, chosen, choose) {
    this.#trips.clearLayers()
    const seen = [this.base]
    const inOrder = [...trips].map((trip, at) => ({ trip, dash: DASHES[at % DASHES.length] })).sort((one, other) => Number(one.trip.id === chosen) - Number(other.trip.id === chosen))
    for (const { trip, dash } of inOrder) {
      const places = trip.stops.map((stop) => [stop[0].latitude, stop[0].longitude])
      const known = places.filter(([latitude, longitude]) => latitude !== null && longitude !== null)
      const kind = trip.id === chosen ? "chosen" : ""
      this.#leaflet.polyline([this.base, ...known, this.base], { className: `line ${kind}`, dashArray: dash, interactive: false }).addTo(this.#trips)
      places.forEach((place, number) => {
        if (place[0] === null || place[1] === null) return
        this.#mark(place, `stop ${kind}`, `${trip.letter}${number + 1}`, () => choose(trip.id)).addTo(this.#trips)
      })
      seen.push(...known)
    }
    this.#map.invalidateSize({ animate: false })
    const bounds = seen.length > 1 || !this.#whole.isValid() ? this.#leaflet.latLngBounds(seen) : this.#whole
    this.#map.fitBounds(bounds, { padding: MARGIN_PIXELS, maxZoom: FARTHEST_ZOOM_IN, animate: false })
  }

  close() {
    this.#map.remove()
  }

  #mark(place, kind, words, choose) {
    const icon = this.#leaflet.divIcon({ className: `mark ${kind}`, html: words, iconSize: [24, 24] })
    const marker = this.#leaflet.marker(place, { icon, keyboard: false, interactive: Boolean(choose), zIndexOffset: kind.includes("chosen") ? 1_000 : 0 })
    return choose ? marker.on("click", choose) : marker
  }

  #name({ properties }) {
    if (!properties?.center) return
    const [longitude, latitude] = properties.center
    const icon = this.#leaflet.divIcon({ className: "district-name", html: "", iconSize: [80, 16] })
    const marker = this.#leaflet.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(this.#map)
    marker.getElement().textContent = named(properties)
  }
}
