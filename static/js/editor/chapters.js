// Chapters as rows of a time and a title, over the text field that is sent. Text that is not understood stays text.
import { gettext, interpolate } from "../i18n.js";
import { el, icon } from "../ui.js";
import { formatTime, parseTime } from "./times.js";

/** @typedef {import("./preview.js").Preview} Preview */
/** @typedef {{ start: number, title: string }} Chapter */

const LINE = /^([\d:.]+)\s+(\S.*)$/;

/** @param {string} text @returns {Chapter[] | null} */
function parse(text) {
  const chapters = [];
  for (const line of text.split("\n")) {
    if (!line.trim()) continue;
    const match = LINE.exec(line.trim());
    const start = match && match[1].includes(":") ? parseTime(match[1]) : null;
    if (start === null) return null;
    chapters.push({ start, title: match[2] });
  }
  return chapters;
}

export class ChapterEditor {
  #field;
  #preview;
  /** @type {Chapter[]} */
  #chapters = [];
  #written = "";
  #box = el("div", { class: "chapter-rows", role: "group", "aria-label": gettext("Chapters") });
  #list = el("ol", { class: "chapter-list" });

  /** @param {HTMLTextAreaElement} field @param {Preview | null} preview */
  constructor(field, preview) {
    this.#field = field;
    this.#preview = preview;
    const button = (/** @type {string} */ name, /** @type {string} */ label) => el("button", { class: "btn btn-small", type: "button", "data-tool": name }, label);
    const add = button("add", preview ? gettext("Add chapter at playhead") : gettext("Add chapter"));
    add.prepend(icon("plus"));
    this.#box.append(this.#list, el("div", { class: "row" }, add, button("text", gettext("Edit as text"))));
    field.before(this.#box);
    this.#box.addEventListener("click", (event) => this.#onClick(event));
    this.#box.addEventListener("input", (event) => this.#onInput(event));
    this.#box.addEventListener("change", (event) => this.#onChange(event));
    this.#box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault(); // it would save the page
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.read(true);
  }

  /** Read the field again, after it was changed by other means. */
  read(isFirst = false) {
    if (!isFirst && this.#field.value === this.#written) return;
    const chapters = parse(this.#field.value);
    this.#written = this.#field.value;
    this.#showText(!chapters);
    this.#chapters = chapters ?? [];
    this.#draw();
  }

  /** @param {boolean} isText */
  #showText(isText) {
    this.#field.hidden = !isText;
    this.#box.toggleAttribute("data-text", isText);
    this.#box.querySelector("[data-tool=text]").textContent = isText ? gettext("Edit as rows") : gettext("Edit as text");
  }

  #draw() {
    this.#list.replaceChildren(...this.#chapters.map((chapter, index) => this.#row(chapter, index)));
  }

  /** @param {Chapter} chapter @param {number} index */
  #row(chapter, index) {
    const id = `${this.#field.id}-${index}`;
    const named = (/** @type {string} */ text) => interpolate(text, { number: index + 1 });
    const time = el("input", { class: "input cue-time", id: `${id}-time`, inputmode: "decimal", autocomplete: "off", "data-time": true, "aria-label": named(gettext("Start of chapter %(number)s")) });
    time.value = formatTime(chapter.start, true);
    const title = el("input", { class: "input", id: `${id}-title`, maxlength: "100", dir: "auto", "data-title": true, "aria-label": named(gettext("Title of chapter %(number)s")) });
    title.value = chapter.title;
    const tool = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ symbol) => el("button", { class: "icon-btn icon-btn-small", type: "button", "data-tool": name, "aria-label": label, title: label }, icon(symbol));
    const row = el("li", { class: "chapter-row", "data-index": String(index) }, time, title);
    if (this.#preview) {
      row.append(
        tool("now", named(gettext("Set chapter %(number)s to the playhead")), "skip-back"),
        tool("play", named(gettext("Play chapter %(number)s")), "play"),
      );
    }
    row.append(tool("delete", named(gettext("Delete chapter %(number)s")), "trash"));
    return row;
  }

  /** Write the rows into the field; chapters without a title wait for one. */
  #save() {
    this.#written = this.#chapters
      .filter(({ title }) => title.trim())
      .map(({ start, title }) => `${formatTime(start, true)} ${title.trim()}`)
      .join("\n");
    this.#field.value = this.#written;
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Put the chapters in order, with the focus in one. @param {Chapter} chapter @param {string} part */
  #sort(chapter, part) {
    this.#chapters.sort((one, other) => one.start - other.start);
    this.#draw();
    this.#save();
    const index = this.#chapters.indexOf(chapter);
    const target = /** @type {HTMLElement | null} */ (this.#list.children[index]?.querySelector(part));
    (target ?? /** @type {HTMLElement} */ (this.#box.querySelector("[data-tool=add]"))).focus();
  }

  /** @param {Event} event */
  #chapterOf(event) {
    const row = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(".chapter-row"));
    return row ? this.#chapters[Number(row.dataset.index)] : null;
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const button = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("[data-tool]"));
    const chapter = this.#chapterOf(event);
    const now = this.#preview?.time ?? 0;
    switch (button?.dataset.tool) {
      case "add": {
        const added = { start: this.#chapters.length ? now : 0, title: "" };
        this.#chapters.push(added);
        this.#sort(added, "[data-title]");
        break;
      }
      case "now":
        chapter.start = now;
        this.#sort(chapter, "[data-time]");
        break;
      case "play":
        this.#preview.playFrom(chapter.start);
        break;
      case "delete": {
        const index = this.#chapters.indexOf(chapter);
        this.#chapters.splice(index, 1);
        this.#sort(this.#chapters[Math.min(index, this.#chapters.length - 1)], "[data-tool=delete]");
        break;
      }
      case "text":
        this.#showText(!this.#box.hasAttribute("data-text"));
        if (this.#box.hasAttribute("data-text")) this.#field.focus();
        else this.read();
        break;
      default:
    }
  }

  /** @param {Event} event */
  #onInput(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (!field.matches("[data-title]")) return;
    this.#chapterOf(event).title = field.value;
    this.#save();
  }

  /** @param {Event} event */
  #onChange(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (!field.matches("[data-time]")) return;
    const start = parseTime(field.value);
    field.setAttribute("aria-invalid", String(start === null));
    const chapter = this.#chapterOf(event);
    if (start === null || start === chapter.start) return;
    chapter.start = start;
    this.#sort(chapter, "[data-time]");
  }
}
