// Texts of uploads: sizes, times, how far one is, and why a file is refused.
import { gettext, interpolate, ngettext } from "../i18n.js";
import { amount, list, number, percent } from "../locale.js";

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
 * @param {{ name: string, size: number, type: string }} file
 * @param {{ maxBytes: number, endings: string[] }} limits `endings` are lower case, with their dot
 */
export function refusal(file, { maxBytes, endings }) {
  if (file.size === 0) return gettext("This file is empty.");
  if (file.size > maxBytes) {
    return interpolate(gettext("This file is %(size)s. The limit is %(limit)s."), { size: size(file.size), limit: size(maxBytes) });
  }
  // Where the page does not know the endings, the browser may know that it is something else.
  if (!endings.length && file.type && !/^(video|audio|image\/gif|application\/(ogg|mxf|x-matroska))/.test(file.type)) {
    return gettext("This isn't a video or audio file.");
  }
  const name = file.name.toLowerCase();
  if (endings.length && !endings.some((ending) => name.endsWith(ending))) {
    return interpolate(gettext("Unsupported file type. Supported types include %(endings)s."), { endings: list(endings.slice(0, 4)) });
  }
  return "";
}

/**
 * Say how much was sent and, at a known `speed` in bytes a second, how long the rest takes.
 *
 * @param {number} sent
 * @param {number} total
 */
export function sentText(sent, total, speed = 0) {
  const parts = { sent: size(sent), total: size(total) };
  if (speed <= 0) return interpolate(gettext("%(sent)s of %(total)s"), parts);
  return interpolate(gettext("%(sent)s of %(total)s · %(time)s left"), { ...parts, time: span((total - sent) / speed) });
}

/**
 * Say how far the processing of a file is.
 *
 * @param {{ playable: boolean, ahead: number, progress: number, waiting_for?: string | null }} job
 */
export function processingText({ playable, ahead, progress, waiting_for: waitsFor = null }) {
  const done = { percent: percent(progress ?? 0) };
  if (playable) return interpolate(gettext("Ready to watch. Higher resolutions are %(percent)s done."), done);
  if (waitsFor === "space") {
    return gettext("Waiting for free space on the server. Processing starts automatically. You can close this page.");
  }
  if (!(ahead > 0)) return interpolate(gettext("Processing is %(percent)s done. You can close this page."), done);
  const waiting = ngettext(
    "Waiting for %(count)s other video to process. You can close this page.",
    "Waiting for %(count)s other videos to process. You can close this page.",
    ahead,
  );
  return interpolate(waiting, { count: number(ahead) });
}
