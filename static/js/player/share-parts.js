// Fields and folded parts of the share dialog.
import { copyOnClick } from "../clipboard.js";
import { gettext } from "../i18n.js";
import { el, icon } from "../ui.js";

/** Return a read-only field with a copy button: `{ input, row }`. */
export function copyField(label, id, value) {
  const input = el("input", { class: "input", id, readonly: true, dir: "ltr", value });
  // "Copy Link" and "Copy Embed code": two buttons that only say "Copy" sound alike.
  const copy = el("button", { class: "btn", type: "button", id: `${id}-copy`, "aria-labelledby": `${id}-copy ${id}-label` }, gettext("Copy"));
  copyOnClick(copy, () => input.value);
  input.addEventListener("focus", () => input.select());
  return { input, row: el("div", { class: "field" }, el("label", { for: id, id: `${id}-label` }, label), el("div", { class: "share-row" }, input, copy)) };
}

/** Return a check box with its label: `{ input, row }`. */
export function checkField(label, id) {
  const input = el("input", { type: "checkbox", id });
  return { input, row: el("div", { class: "field field-check" }, input, el("label", { for: id }, label)) };
}

/** Return a part of the dialog that is closed at first; `onOpen` runs each time it is opened. */
export function foldedPart(label, onOpen, ...content) {
  const details = el("details", { class: "share-part" }, el("summary", {}, label, icon("chevron-down")), ...content);
  details.addEventListener("toggle", () => details.open && onOpen());
  return details;
}
