// Reading the instruction aloud, where the phone has a voice for it.

import { language } from "../shared/words.js"

const speech = globalThis.speechSynthesis

/** Say these words again; null on phones without a voice, so that no dead button is shown. */
export const readAloud =
  speech && globalThis.SpeechSynthesisUtterance
    ? (words) => {
        speech.cancel()
        const spoken = new SpeechSynthesisUtterance(words)
        spoken.lang = language() === "zh" ? "zh-CN" : "en-GB"
        spoken.rate = 0.9
        speech.speak(spoken)
      }
    : null

export function silence() {
  speech?.cancel()
}
