// How much room something takes, and how long it lasts, as people say it.

const UNITS = ["B", "KB", "MB", "GB", "TB"]

/** "340 MB": three digits are enough for anybody. @param {number} bytes */
export function size(bytes) {
  let [amount, unit] = [bytes, 0]
  while (amount >= 1000 && unit < UNITS.length - 1) [amount, unit] = [amount / 1000, unit + 1]
  return `${unit && amount < 10 ? amount.toFixed(1) : Math.round(amount)}\u00a0${UNITS[unit]}`
}

/** "3:05", "1:03:05". @param {number} seconds */
export function length(seconds) {
  const two = (n) => String(n).padStart(2, "0")
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds % 60)]
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
