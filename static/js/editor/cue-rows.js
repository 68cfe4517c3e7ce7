// The rows of the subtitle editor: one per cue, with its times, text and tools.
import { gettext, interpolate } from "../i18n.js";
import { el, icon } from "../ui.js";
import { formatTime } from "./times.js";

/** @typedef {import("./vtt.js").Cue} Cue */

/**
 * @param {string} name
 * @param {string} label
 * @param {Node} drawing
 */
const tool = (name, label, drawing) => el("button", { class: "icon-btn icon-btn-small", type: "button", "data-tool": name, "aria-label": label, title: label }, drawing);

/**
 * @param {"start" | "end"} name
 * @param {string} label
 * @param {number} value
 * @param {string} id
 */
function time(name, label, value, id) {
  const field = el("input", { class: "input cue-time", id: `${id}-${name}`, inputmode: "decimal", autocomplete: "off", "data-time": name, "aria-label": label });
  field.value = formatTime(value);
  return field;
}

/**
 * Make the row of a cue. `id` begins the ids of its fields.
 *
 * @param {Cue} cue
 * @param {number} index
 * @param {string} id
 */
export function cueRow(cue, index, id) {
  const named = (/** @type {string} */ text) => interpolate(text, { number: index + 1 });
  const text = el("textarea", { class: "input cue-text", id: `${id}-text`, rows: "2", dir: "auto", spellcheck: "true", "aria-label": named(gettext("Text of cue %(number)s")) });
  text.value = cue.text;
  const row = el(
    "li",
    { class: "cue", "data-index": String(index) },
    el(
      "div",
      { class: "cue-times" },
      time("start", named(gettext("Start of cue %(number)s")), cue.start, id),
      tool("start", named(gettext("Set the start of cue %(number)s to the playhead")), icon("skip-back")),
      time("end", named(gettext("End of cue %(number)s")), cue.end, id),
      tool("end", named(gettext("Set the end of cue %(number)s to the playhead")), icon("skip-forward")),
    ),
    text,
    el(
      "div",
      { class: "cue-tools" },
      tool("play", named(gettext("Play cue %(number)s")), icon("play")),
      tool("split", named(gettext("Split cue %(number)s")), icon("scissors")),
      tool("merge", named(gettext("Merge cue %(number)s with the next one")), icon("merge")),
      tool("delete", named(gettext("Delete cue %(number)s")), icon("trash")),
    ),
  );
  return row;
}

/** The tools above the rows. @param {string} id */
export function toolbar(id) {
  const seconds = el("input", { class: "input cue-shift", id: `${id}-shift`, type: "number", step: "0.1", value: "0.5", "data-ignored": true });
  const button = (/** @type {string} */ name, /** @type {string} */ label) => el("button", { class: "btn btn-small", type: "button", "data-tool": name }, label);
  const undo = button("undo", gettext("Undo"));
  undo.disabled = true;
  return el(
    "div",
    { class: "cue-bar", role: "group", "aria-label": gettext("Subtitle tools") },
    button("toggle", gettext("Play or pause")),
    button("add", gettext("Add cue at playhead")),
    undo,
    el("span", { class: "cue-shifting" }, el("label", { class: "small", for: `${id}-shift` }, gettext("Shift all by (seconds)")), seconds, button("shift", gettext("Shift"))),
    button("text", gettext("Edit as text")),
  );
}

/** The keys of the editor, for those who look for them. */
export function keyHelp() {
  const rows = [
    ["Alt+P", gettext("Play or pause")],
    ["Alt+I", gettext("Set the start to the playhead")],
    ["Alt+O", gettext("Set the end to the playhead")],
    ["Alt+,", gettext("Back 1 second")],
    ["Alt+.", gettext("Forward 1 second")],
    ["Alt+N", gettext("Add cue at playhead")],
    ["Alt+S", gettext("Split the cue at the cursor")],
    ["Alt+M", gettext("Merge with the next cue")],
    ["Alt+Z", gettext("Undo")],
  ];
  const list = el("dl", { class: "cue-keys" }, ...rows.map(([key, text]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, text))));
  return el("details", { class: "small" }, el("summary", { class: "chapters-summary" }, gettext("Keyboard shortcuts")), list);
}
