// The session on air: the presenter's picture, the question in hand, and a box to ask in.

import { post } from "../shared/api.js"
import { h } from "../shared/dom.js"
import { callBureau, switcher } from "../shared/link-page.js"
import { LivePicture } from "../shared/live-picture.js"
import { named, say } from "../shared/words.js"
import { Asking } from "./asking.js"

/** Draws and connects; `update` is called whenever the server's answer changed. */
export class Watching {
  /** @param {{watched: object, refetch: () => Promise<void>, take: (answer: object) => void}} options */
  constructor({ watched, refetch, take }) {
    this.watched = watched
    this.asking = new Asking({ take })
    this.picture = new LivePicture({
      name: watched.presenter,
      tag: say("on_air"),
      signal: (sdp) => post(`/watch/${watched.id}/media`, { sdp }),
      view: (sdp, ticket) => post(`/watch/${watched.id}/media/view`, { sdp, ticket }),
      relays: () => this.watched.relays,
      onRefused: refetch,
    })
    this.node = h(
      "main",
      { class: "watching" },
      this.picture.node,
      h("div", { class: "words" }, h("div", { class: "first" }, h("p", { class: "quiet" }, watched.presenter), switcher()), h("h1", {}, named(watched, "title")), this.asking.node, callBureau(watched)),
    )
  }

  update(watched) {
    this.watched = watched
    this.asking.update(watched)
  }

  leave() {
    this.picture.leave()
  }
}
