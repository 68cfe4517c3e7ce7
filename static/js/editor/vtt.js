// WebVTT between the text field of a track, as the server writes it, and cues of the editor. Pure.

/** @typedef {{ start: number, end: number, text: string, raw?: string }} Cue `raw` is the text as the file has it */

const TIMES = /^(?:(\d{1,3}):)?(\d\d):(\d\d)\.(\d{3}) --> (?:(\d{1,3}):)?(\d\d):(\d\d)\.(\d{3})\s*$/;
const KEPT_TAG = /^<\/?[biu]>/;

/** @param {(string | undefined)[]} parts */
const seconds = ([hours = "0", minutes, whole, fraction]) => Number(hours) * 3600 + Number(minutes) * 60 + Number(whole) + Number(fraction) / 1000;

/** @param {string} raw */
const unescape = (raw) => raw.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/**
 * Escape typed text, except the tags that a track may have.
 *
 * @param {string} text
 */
function escape(text) {
  const escaped = text.replaceAll("&", "&amp;").replace(/<(?:\/?[biu]>)?/g, (found) => (KEPT_TAG.test(found) ? found : "&lt;"));
  return escaped.replaceAll("-->", "--&gt;").replace(/\n{2,}/g, "\n").trim();
}

/**
 * Return the cues of a text; null when a part of it is not understood, so that nothing of it can get lost.
 *
 * @param {string} text
 * @returns {Cue[] | null}
 */
export function parse(text) {
  const cues = [];
  for (const block of text.replaceAll("\r", "").split(/\n{2,}/)) {
    const lines = block.split("\n").filter((line, index) => line.trim() || index);
    if (!block.trim() || block.trim() === "WEBVTT") continue;
    const times = TIMES.exec(lines[0]);
    if (!times || lines.length < 2) return null;
    const raw = lines.slice(1).join("\n").trim();
    cues.push({ start: seconds(times.slice(1, 5)), end: seconds(times.slice(5, 9)), text: unescape(raw), raw });
  }
  return cues;
}

/** Return a cue's text as WebVTT has it. @param {Cue} cue */
export const markup = ({ text, raw }) => raw ?? escape(text);

/** @param {number} value */
function clock(value) {
  const milliseconds = Math.round(value * 1000);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const whole = Math.floor(milliseconds / 1000);
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${String(milliseconds % 1000).padStart(3, "0")}`;
}

/**
 * Return the text of cues; cues without text are left out.
 *
 * @param {Cue[]} cues
 */
export function write(cues) {
  const blocks = cues
    .filter(({ text }) => text.trim())
    .map((cue) => `${clock(cue.start)} --> ${clock(cue.end)}\n${markup(cue)}`);
  return blocks.length ? `${["WEBVTT", ...blocks].join("\n\n")}\n` : "";
}
