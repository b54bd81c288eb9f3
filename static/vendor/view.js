// The one door to the vendored view library: what a page imports is named here, and nowhere else.

import { h } from "./preact.js"
import htm from "./htm.js"

export { Fragment, render } from "./preact.js"
export { useEffect, useLayoutEffect, useMemo, useRef, useState } from "./preact-hooks.js"
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "./preact-signals.js"

/** Tagged templates in place of a build: html`<p class="quiet">${words}</p>`. */
export const html = htm.bind(h)
