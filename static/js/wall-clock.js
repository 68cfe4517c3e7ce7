// Times as date fields show and take them: "2026-11-29T18:00", by the clock of the viewer's time zone.
import { timeZone } from "./locale.js";

// Swedish dates are written as in ISO 8601.
const format = new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "short" });

const LENGTH = "2026-11-29T18:00".length;

/**
 * Return the time that the clock shows at a moment.
 *
 * @param {number} moment in milliseconds
 */
export const clockTime = (moment) => format.format(moment).replace(" ", "T").padStart(LENGTH, "0"); // while a year is typed

/** @param {number} moment */
const offset = (moment) => Date.parse(`${clockTime(moment)}Z`) - Math.floor(moment / 60_000) * 60_000;

/**
 * Return the moment, in milliseconds, at which the clock shows a time.
 *
 * @param {string} text
 */
export function momentOf(text) {
  const asUtc = Date.parse(`${text}Z`);
  // The second time with the offset of that moment itself: it may be on the other side of a change of the clocks.
  return asUtc - offset(asUtc - offset(asUtc));
}
