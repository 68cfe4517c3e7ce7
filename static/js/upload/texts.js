// Texts of the upload page: sizes, times, and why a file is refused.

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/**
 * Format a number of bytes as "60.6 MB".
 *
 * @param {number} bytes
 */
export function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(unit > 1 && value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}

/**
 * Format a duration as "3 minutes".
 *
 * @param {number} seconds
 */
export function span(seconds) {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes === 1 ? "a minute" : `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours === 1 ? "an hour" : `${hours} hours`;
}

/**
 * Return why a file cannot be uploaded, or "" when it can.
 *
 * @param {{ name: string, size: number }} file
 * @param {{ maxBytes: number, endings: string[] }} limits `endings` are lower case, with their dot
 */
export function refusal(file, { maxBytes, endings }) {
  if (file.size === 0) return "This file is empty.";
  if (file.size > maxBytes) return `This file has ${size(file.size)}; at most ${size(maxBytes)} are accepted.`;
  const name = file.name.toLowerCase();
  if (endings.length && !endings.some((ending) => name.endsWith(ending))) {
    return `This kind of file is not accepted. Accepted are ${endings.join(", ")}.`;
  }
  return "";
}
