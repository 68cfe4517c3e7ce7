// Numbers, dates, and times in the page's language and the viewer's time zone. Without a time zone in the page, the
// browser's applies. Digits are Latin, as in what the server renders.
const { lang, dataset } = document.documentElement;
const language = `${lang || "en"}-u-nu-latn`;
/** The time zone that the account chose, if any. */
export const timeZone = dataset.timeZone || undefined;

/**
 * Format a number.
 *
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export const number = (value, options) => new Intl.NumberFormat(language, options).format(value);

/**
 * Format 1999 as "1.9K": cut off and never rounded up, as the server does.
 *
 * @param {number} value
 */
export const compact = (value) => {
  const step = 1000 ** Math.max(0, Math.floor((String(Math.trunc(Math.abs(value))).length - 1) / 3));
  const digits = Math.abs(value) / step < 100 ? 1 : 0;
  return number(value, { notation: "compact", maximumFractionDigits: digits, roundingMode: "trunc", useGrouping: "always" });
};

/**
 * Format 0.4 as "40%".
 *
 * @param {number} share
 */
export const percent = (share) => number(share, { style: "percent" });

/**
 * Format an amount of a unit, such as "3 minutes".
 *
 * @param {number} value
 * @param {string} unit as `Intl` names it
 * @param {Intl.NumberFormatOptions} [options]
 */
export const amount = (value, unit, options) => number(value, { style: "unit", unit, unitDisplay: "long", ...options });

/**
 * Join names as "one, two, and three".
 *
 * @param {string[]} names
 */
export const list = (names) => new Intl.ListFormat(language).format(names);

/**
 * Return a format for dates and times.
 *
 * @param {Intl.DateTimeFormatOptions} options
 */
export const dates = (options) => new Intl.DateTimeFormat(language, { timeZone, ...options });
