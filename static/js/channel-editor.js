// The editor of a channel's Home tab: sections are added, dragged, moved by buttons or Alt and an arrow key, and removed;
// a preview follows each change. The form's own selects, which those without scripts use, are what is sent.
import { errorText } from "./api.js";
import { dragRows } from "./drag-rows.js";
import { gettext, interpolate } from "./i18n.js";
import { number } from "./locale.js";
import { el, icon, toast } from "./ui.js";

const WAIT_MS = 250;
const form = document.querySelector("[data-channel-editor]");
const fields = form?.querySelector("[data-shelf-fields]");
const selects = [...(fields?.querySelectorAll("select") ?? [])];
const list = el("ol", { class: "sections", role: "list", "aria-labelledby": "shelves" });
const status = el("p", { class: "visually-hidden", role: "status" });
const preview = document.querySelector("[data-channel-preview]");
const shown = preview?.querySelector(".channel-preview-page");
const rows = () => [...list.children];
const labelOf = (value) => selects[0].querySelector(`option[value="${CSS.escape(value)}"]`)?.textContent ?? findLabel(value);
let timer;
let asked;

/** Return the label of a section that exists but can no longer be added; only its own select lists it. */
function findLabel(value) {
  return selects.flatMap((select) => [...select.options]).find((option) => option.value === value)?.textContent ?? value;
}

function iconButton(name, label) {
  return el("button", { class: "icon-btn icon-btn-small", type: "button", "aria-label": label, title: label }, icon(name));
}

function newRow(value) {
  const title = labelOf(value);
  const up = iconButton("up", interpolate(gettext("Move “%(title)s” up"), { title }));
  const down = iconButton("down", interpolate(gettext("Move “%(title)s” down"), { title }));
  const remove = iconButton("close", interpolate(gettext("Remove “%(title)s”"), { title }));
  const row = el("li", { class: "section-row" }, el("span", { class: "grip", "aria-hidden": "true" }, icon("grip")), el("bdi", {}, title), up, down, remove);
  row.dataset.value = value;
  up.addEventListener("click", () => move(row, row.previousElementSibling, up));
  down.addEventListener("click", () => move(row, row.nextElementSibling?.nextElementSibling ?? null, down));
  remove.addEventListener("click", () => {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    changed(interpolate(gettext("“%(title)s” removed."), { title }));
    (next?.querySelector("button:not(:disabled)") ?? picker.select).focus();
  });
  return row;
}

/** Move a row before another (`null`: to the end) and keep the focus on what was used. */
function move(row, before, used) {
  if (before === row) return;
  list.insertBefore(row, before);
  moved(row);
  if (!used) return;
  const target = used.disabled ? row.querySelector("button:not(:disabled)") : used;
  target.focus();
}

function moved(row) {
  changed(interpolate(gettext("“%(title)s” moved to position %(position)s."), { title: labelOf(row.dataset.value), position: number(rows().indexOf(row) + 1) }));
}

/** Write the list into the form's selects, and show what follows from it. */
function changed(text) {
  rows().forEach((row, index, all) => {
    const [up, down] = row.querySelectorAll("button");
    up.disabled = index === 0;
    down.disabled = index === all.length - 1;
  });
  const values = rows().map((row) => row.dataset.value);
  selects.forEach((select, index) => {
    const value = values[index] ?? "";
    if (value && ![...select.options].some((option) => option.value === value)) select.append(el("option", { value }, labelOf(value)));
    select.value = value;
  });
  picker.update(values);
  status.textContent = text;
  refresh();
}

function newPicker() {
  const select = el("select", { class: "input", id: "section-add" });
  select.append(...[...selects[0].children].filter((child) => !(child instanceof HTMLOptionElement)).map((child) => child.cloneNode(true)));
  const add = el("button", { class: "btn", type: "button" }, icon("plus"), gettext("Add section"));
  const full = el("p", { class: "soft small", hidden: true }, gettext("You've added as many sections as a channel can have."));
  add.addEventListener("click", () => {
    if (!select.value) return;
    const row = newRow(select.value);
    list.append(row);
    changed(interpolate(gettext("“%(title)s” added."), { title: labelOf(row.dataset.value) }));
  });
  const update = (values) => {
    for (const option of select.options) option.disabled = values.includes(option.value);
    if (select.selectedOptions[0]?.disabled ?? true) select.value = [...select.options].find((option) => !option.disabled)?.value ?? "";
    const isFull = values.length >= selects.length;
    add.disabled = isFull || !select.value;
    full.hidden = !isFull;
  };
  const row = el("div", { class: "section-add" }, el("div", { class: "field" }, el("label", { for: select.id }, gettext("New section")), select), add, full);
  return { row, select, update };
}

async function refresh() {
  clearTimeout(timer);
  asked?.abort();
  shown.ariaBusy = "true";
  timer = setTimeout(async () => {
    const query = new URLSearchParams(rows().map((row) => ["shelf", row.dataset.value]));
    query.set("featured", form.elements.featured.value);
    query.set("trailer", form.elements.trailer.value);
    query.set("as", preview.querySelector("[name=as]:checked").value);
    asked = new AbortController();
    try {
      const response = await fetch(`${form.dataset.channelEditor}?${query}`, { headers: { "HX-Request": "true" }, signal: asked.signal });
      if (!response.ok) throw new Error(gettext("Couldn't load the preview."));
      shown.innerHTML = await response.text();
      shown.ariaBusy = "false";
    } catch (error) {
      if (error.name === "AbortError") return;
      shown.ariaBusy = "false";
      toast(errorText(error), { level: "error" });
    }
  }, WAIT_MS);
}

const picker = form && newPicker();

list.addEventListener("keydown", (event) => {
  const row = event.target.closest(".section-row");
  if (!row || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const isUp = event.key === "ArrowUp";
  if (!(isUp ? row.previousElementSibling : row.nextElementSibling)) return;
  move(row, isUp ? row.previousElementSibling : (row.nextElementSibling.nextElementSibling ?? null), document.activeElement);
});

if (form) {
  list.append(...selects.map((select) => select.value).filter(Boolean).map(newRow));
  fields.after(list, picker.row, status);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[name=featured], [name=trailer]")) refresh();
  });
  preview.addEventListener("change", refresh);
  changed("");
  dragRows(list, { rows: ".section-row", grip: ".grip", onMoved: moved });
}
