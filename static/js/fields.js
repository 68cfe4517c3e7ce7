// What all fields of text have in common: Escape never empties one or closes what holds it, keys of an input method that
// is composing belong to it, and a form that waited in an old page is sent with the token of now.
import { csrfToken, FOREIGN } from "./api.js";
import { account, stored } from "./browser-storage.js";
import { toast } from "./ui.js";

const OTHERS = ["hidden", "password", "checkbox", "radio", "file", "button", "submit", "reset", "range", "color", "image", "date", "datetime-local"];
const TEXTS = `textarea, input${OTHERS.map((type) => `:not([type=${type}])`).join("")}`;

/** Whether the key chooses or ends a candidate of an input method. Safari says so by 229 alone. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

export const isTextField = (element) => element instanceof Element && element.matches(TEXTS);

/** Whether the field holds what somebody typed. Escape empties a search field whatever it holds. */
export function hasText(field) {
  return field.value !== (field.type === "search" ? "" : field.defaultValue);
}

document.addEventListener("keydown", (event) => {
  // Without this a dialog closes with its text, and a search field is emptied.
  if (event.key === "Escape" && isTextField(event.target) && hasText(event.target)) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const token = form.elements?.namedItem("csrfmiddlewaretoken");
  if (!token || event.defaultPrevented) return;
  if (globalThis.streamsiteAccount?.isForeign()) {
    event.preventDefault();
    toast(FOREIGN, { level: "error", action: "Reload", onAction: () => location.reload() });
    return;
  }
  token.value = csrfToken() || token.value;
});

// Drafts: where a form has one, and where one was sent or is handed over.
const isHandedOver = account && stored("draft-handover").read(null);
if (isHandedOver || document.cookie.includes("draft-sent=") || document.querySelector("form[data-draft]")) import("./drafts.js");
