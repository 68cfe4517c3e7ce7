// Texts of the upload page: sizes, times, and why a file is refused.
import { gettext, interpolate } from "../i18n.js";
import { amount, list } from "../locale.js";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

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
  const digits = unit > 1 && value < 100 ? 1 : 0;
  return amount(value, UNITS[unit], {
    unitDisplay: unit ? "short" : "long",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
}

/**
 * Format a duration as "3 minutes".
 *
 * @param {number} seconds
 */
export function span(seconds) {
  if (seconds < 60) return gettext("less than a minute");
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? amount(minutes, "minute") : amount(Math.round(minutes / 60), "hour");
}

/**
 * Return why a file cannot be uploaded, or "" when it can.
 *
 * @param {{ name: string, size: number }} file
 * @param {{ maxBytes: number, endings: string[] }} limits `endings` are lower case, with their dot
 */
export function refusal(file, { maxBytes, endings }) {
  if (file.size === 0) return gettext("This file is empty.");
  if (file.size > maxBytes) {
    return interpolate(gettext("This file is %(size)s. The limit is %(limit)s."), { size: size(file.size), limit: size(maxBytes) });
  }
  const name = file.name.toLowerCase();
  if (endings.length && !endings.some((ending) => name.endsWith(ending))) {
    return interpolate(gettext("Unsupported file type. Supported: %(endings)s."), { endings: list(endings) });
  }
  return "";
}
