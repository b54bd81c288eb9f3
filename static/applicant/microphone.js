// Whether the microphone hears anything, for the check before the call.

const HEARD = 0.02 // of full scale; a quiet room stays below 0.01
const LOOK_MILLISECONDS = 150

/**
 * Listen until something is heard.
 * @param {MediaStream} stream @param {() => void} onHeard
 * @returns {() => void} stop listening
 */
export function listen(stream, onHeard) {
  const Context = globalThis.AudioContext || globalThis.webkitAudioContext
  if (!Context || !stream.getAudioTracks().length) return () => {}
  const context = new Context()
  const meter = context.createAnalyser()
  context.createMediaStreamSource(stream).connect(meter)
  const samples = new Float32Array(meter.fftSize)
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples)
    if (Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) < HEARD) return
    stop()
    onHeard()
  }, LOOK_MILLISECONDS)
  const stop = () => {
    clearInterval(timer)
    if (context.state !== "closed") context.close()
  }
  return stop
}
