// Sending one spreadsheet. XMLHttpRequest, because fetch does not say how much has been sent.

import { newKey, NoAnswer, Problem } from "../../shared/api.js"
import { csrf } from "../account.js"

const LONGEST_MILLISECONDS = 120_000

export class Upload {
  #request = new XMLHttpRequest()

  /**
   * @param {File} file
   * @param {(sent: number) => void} onSent 0 to 1; at 1 the server is reading the rows
   */
  constructor(file, onSent) {
    const form = new FormData()
    form.append("file", file)
    /** The preview, or Problem, NoAnswer, AbortError. */
    this.finished = new Promise((resolve, reject) => {
      const request = this.#request
      request.open("POST", "/api/v1/imports")
      request.timeout = LONGEST_MILLISECONDS
      request.setRequestHeader("Accept", "application/json")
      request.setRequestHeader("X-CSRF-Token", csrf())
      request.setRequestHeader("Idempotency-Key", newKey())
      request.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total)
      request.upload.onload = () => onSent(1)
      request.onabort = () => reject(new DOMException("stopped", "AbortError"))
      request.onerror = () => reject(new NoAnswer("network"))
      request.ontimeout = () => reject(new NoAnswer("timeout"))
      request.onload = () => settle(request, resolve, reject)
      request.send(form)
    })
  }

  stop() {
    this.#request.abort()
  }
}

function settle(request, resolve, reject) {
  let answer = {}
  try {
    answer = JSON.parse(request.responseText)
  } catch {
    // Something between us and the server answered in its own words: the status decides.
  }
  if (request.status >= 200 && request.status < 300) resolve(answer)
  else if (request.status >= 500) reject(new NoAnswer(String(request.status)))
  else reject(new Problem(request.status, answer))
}
