// Times as the editor shows and reads them: "1:02.500", "1:02:03.500".

/**
 * Format seconds with their fraction, which is left out when it is zero and `isShort`.
 *
 * @param {number} seconds
 * @param {boolean} [isShort]
 */
export function formatTime(seconds, isShort = false) {
  const milliseconds = Math.round(seconds * 1000);
  const whole = Math.floor(milliseconds / 1000);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const clock = hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  const fraction = milliseconds % 1000;
  return isShort && !fraction ? clock : `${clock}.${String(fraction).padStart(3, "0")}`;
}

/**
 * Return the seconds of "90", "1:30", "1:02:03.5"; null for other text. A comma may stand before the fraction.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function parseTime(text) {
  const match = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:[.,]\d{1,9})?)$/.exec(text.trim());
  if (!match) return null;
  const [, hours = "0", minutes = "0", seconds] = match;
  const rest = Number(seconds.replace(",", "."));
  if (match[2] !== undefined && rest >= 60) return null;
  return Math.round((Number(hours) * 3600 + Number(minutes) * 60 + rest) * 1000) / 1000;
}
