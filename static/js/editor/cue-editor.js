// The subtitle editor: rows over the text field of a track. The field keeps the text that is sent; without scripts, or for
// text that is not understood, it is edited itself.
import { isComposing } from "../fields.js";
import { gettext, interpolate, ngettext } from "../i18n.js";
import { el } from "../ui.js";
import { CueList } from "./cue-list.js";
import { cueRow, keyHelp, toolbar } from "./cue-rows.js";
import { formatTime, parseTime } from "./times.js";
import { parse, write } from "./vtt.js";

/** @typedef {import("./preview.js").Preview} Preview */

const PAGE = 300;
const KEYS = { KeyP: "toggle", KeyI: "start", KeyO: "end", Comma: "back", Period: "forward", KeyN: "add", KeyS: "split", KeyM: "merge", KeyZ: "undo" };

export class CueEditor {
  #field;
  #preview;
  /** @type {CueList} */
  #list;
  #box = el("div", { class: "cues", role: "group", "aria-label": gettext("Cues") });
  #rows = el("ol", { class: "cue-list" });
  #more = el("button", { class: "btn btn-small", type: "button", hidden: true }, gettext("Show more cues"));
  #status = el("p", { class: "visually-hidden", role: "status" });
  #shown = PAGE;
  #current = -1;
  #written = "";

  /** @param {HTMLTextAreaElement} field @param {Preview | null} preview */
  constructor(field, preview) {
    this.#field = field;
    this.#preview = preview;
    this.#box.toggleAttribute("data-unseen", !preview);
    this.#box.append(toolbar(field.id), this.#rows, this.#more, keyHelp(), this.#status);
    field.before(this.#box);
    this.#box.addEventListener("click", (event) => this.#onClick(event));
    this.#box.addEventListener("input", (event) => this.#onInput(event));
    this.#box.addEventListener("change", (event) => this.#onChange(event));
    this.#box.addEventListener("keydown", (event) => this.#onKey(event));
    this.#box.addEventListener("focusin", () => this.#preview?.showCues(this.#list.cues));
    this.#more.addEventListener("click", () => {
      this.#shown += PAGE;
      this.#draw();
    });
    preview?.video.addEventListener("timeupdate", () => this.#follow());
    field.addEventListener("change", () => this.read());
    this.read();
  }

  /** Read the field again, after it was changed by other means. */
  read() {
    if (this.#list && this.#field.value === this.#written) return;
    const cues = parse(this.#field.value);
    this.#written = this.#field.value;
    this.#showText(!cues);
    this.#list = new CueList(cues ?? []);
    this.#draw();
  }

  /** Show the text instead of the rows, or the other way round. @param {boolean} isText */
  #showText(isText) {
    this.#field.hidden = !isText;
    this.#box.toggleAttribute("data-text", isText);
    this.#button("text").textContent = isText ? gettext("Edit as rows") : gettext("Edit as text");
  }

  /** @param {string} name */
  #button(name) {
    return this.#box.querySelector(`.cue-bar [data-tool=${name}]`);
  }

  #draw() {
    const rows = this.#list.cues.slice(0, this.#shown).map((cue, index) => cueRow(cue, index, `${this.#field.id}-${index}`));
    this.#rows.replaceChildren(...rows);
    this.#more.hidden = this.#list.cues.length <= this.#shown;
    this.#button("undo").disabled = !this.#list.canUndo;
    this.#mark(-1);
  }

  /** Write the cues into the field, and show them over the video. */
  #save() {
    this.#written = write(this.#list.cues);
    this.#field.value = this.#written;
    this.#button("undo").disabled = !this.#list.canUndo;
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    this.#preview?.showCues(this.#list.cues);
  }

  /** Show the rows after a change, with the focus in one of them. @param {number} index @param {string} [part] */
  #redraw(index, part = "text") {
    if (index >= this.#shown) this.#shown = index + PAGE;
    this.#draw();
    this.#save();
    const at = Math.min(index, this.#list.cues.length - 1);
    const target = /** @type {HTMLElement | null} */ (this.#row(at)?.querySelector(`[id$="-${part}"], [data-tool=${part}]`));
    (target ?? /** @type {HTMLElement} */ (this.#button("add"))).focus();
  }

  /** @param {number} index @returns {HTMLElement | undefined} */
  #row(index) {
    return /** @type {HTMLElement | undefined} */ (this.#rows.children[index]);
  }

  /** @param {Event} event */
  #indexOf(event) {
    const row = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(".cue"));
    return row ? Number(row.dataset.index) : -1;
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-tool]"));
    if (button) this.#act(button.dataset.tool, this.#indexOf(event));
  }

  /** @param {Event} event */
  #onInput(event) {
    const field = /** @type {HTMLTextAreaElement} */ (event.target);
    if (!field.matches(".cue-text")) return;
    if (!field.dataset.typing) this.#list.remember();
    field.dataset.typing = "1";
    this.#list.setText(this.#indexOf(event), field.value);
    this.#save();
  }

  /** @param {Event} event */
  #onChange(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    delete field.dataset.typing;
    const name = field.dataset.time;
    if (name) this.#setTime(this.#indexOf(event), name, parseTime(field.value), field);
  }

  /** @param {number} index @param {string} name @param {number | null} seconds @param {HTMLInputElement} [field] */
  #setTime(index, name, seconds, field) {
    if (seconds === null) {
      field?.setAttribute("aria-invalid", "true");
      this.#say(gettext("For example, enter 1:30.5 as a time."));
      return;
    }
    if (name === "start") this.#list.setStart(index, seconds);
    else if (!this.#list.setEnd(index, seconds)) {
      field?.setAttribute("aria-invalid", "true");
      this.#say(gettext("The end must be after the start."));
      return;
    }
    const at = this.#list.sort(index);
    const hasFocus = this.#rows.contains(document.activeElement);
    const wasAt = hasFocus ? document.activeElement.id : "";
    if (at === index) {
      const cue = this.#list.cues[at];
      for (const one of /** @type {NodeListOf<HTMLInputElement>} */ (this.#row(at).querySelectorAll("[data-time]"))) {
        one.value = formatTime(one.dataset.time === "start" ? cue.start : cue.end);
        one.removeAttribute("aria-invalid");
      }
      this.#save();
    } else {
      this.#redraw(at, wasAt.endsWith("end") ? "end" : "start");
    }
    this.#say(interpolate(name === "start" ? gettext("Start: %(time)s") : gettext("End: %(time)s"), { time: formatTime(seconds) }));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (isComposing(event)) return;
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (event.key === "Enter" && field instanceof HTMLInputElement) {
      event.preventDefault(); // it would save the page
      field.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    if (field.dataset?.time && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const step = (event.shiftKey ? 1 : 0.1) * (event.key === "ArrowUp" ? 1 : -1);
      this.#setTime(this.#indexOf(event), field.dataset.time, Math.max(0, (parseTime(field.value) ?? 0) + step), field);
      return;
    }
    const tool = event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey ? KEYS[event.code] : undefined;
    if (!tool) return;
    event.preventDefault();
    this.#act(tool, this.#indexOf(event));
  }

  /** @param {string} tool @param {number} index the cue, or -1 */
  #act(tool, index) {
    // Without a player, cues are added one after the other.
    const now = this.#preview?.time ?? this.#list.cues.at(-1)?.end ?? 0;
    const caret = /** @type {HTMLTextAreaElement | null} */ (this.#row(index)?.querySelector(".cue-text"))?.selectionStart ?? 0;
    const anywhere = {
      toggle: () => this.#preview?.toggle(),
      back: () => this.#preview?.seek(now - 1),
      forward: () => this.#preview?.seek(now + 1),
      add: () => this.#redraw(this.#list.add(now)),
      undo: () => this.#list.undo() && this.#redraw(Math.max(0, index)),
      shift: () => this.#shift(),
      text: () => this.#toggleText(),
    };
    const onCue = {
      play: () => this.#preview?.playFrom(this.#list.cues[index].start),
      start: () => this.#setTime(index, "start", now),
      end: () => this.#setTime(index, "end", now),
      split: () => (this.#list.split(index, caret, now) ? this.#redraw(index + 1) : this.#say(gettext("A cue of one word can't be split."))),
      merge: () => this.#list.merge(index) && this.#redraw(index),
      delete: () => {
        this.#list.remove(index);
        this.#redraw(index, "delete");
        this.#say(gettext("Cue deleted."));
      },
    };
    if (tool in anywhere) anywhere[tool]();
    else if (index >= 0) onCue[tool]();
  }

  #shift() {
    const field = /** @type {HTMLInputElement} */ (this.#box.querySelector(".cue-shift"));
    const by = this.#list.shift(Number(field.value) || 0);
    this.#draw();
    this.#save();
    const number = this.#list.cues.length;
    const said = ngettext("%(number)s cue shifted by %(seconds)s seconds.", "%(number)s cues shifted by %(seconds)s seconds.", number);
    this.#say(interpolate(said, { number, seconds: Math.round(by * 1000) / 1000 }));
  }

  #toggleText() {
    const isText = !this.#box.hasAttribute("data-text");
    this.#showText(isText);
    if (isText) this.#field.focus();
    else this.read();
  }

  /** @param {string} text */
  #say(text) {
    this.#status.textContent = text;
  }

  /** Mark the row of the cue that is shown over the video. */
  #follow() {
    const index = this.#list.indexAt(this.#preview.time);
    if (index !== this.#current) this.#mark(index);
  }

  /** @param {number} index */
  #mark(index) {
    this.#row(this.#current)?.removeAttribute("data-current");
    this.#current = index;
    const row = this.#row(index);
    if (!row) return;
    row.setAttribute("data-current", "");
    const isBusy = this.#rows.contains(document.activeElement) || this.#preview.video.paused;
    if (!isBusy) this.#rows.scrollTop = row.offsetTop - this.#rows.offsetTop - 80;
  }
}
