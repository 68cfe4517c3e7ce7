// Common behavior of text fields: Escape never empties a field or closes the dialog around it, keys that compose a character
// belong to the input method, and a form in an old page is sent with the current CSRF token.
import { csrfToken, FOREIGN } from "./api.js";
import { account, stored } from "./browser-storage.js";
import { gettext } from "./i18n.js";
import { toast } from "./ui.js";

const OTHERS = ["hidden", "password", "checkbox", "radio", "file", "button", "submit", "reset", "range", "color", "image", "date", "datetime-local"];
const TEXTS = `textarea, input${OTHERS.map((type) => `:not([type=${type}])`).join("")}`;

/** Whether the key belongs to an input method that is composing. Safari says so by key code 229 only. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** Whether `element` is a field that text is typed into. */
export const isTextField = (element) => element instanceof Element && element.matches(TEXTS);

/** Whether the field contains typed text. In a search field any text counts, because Escape would clear it. */
export function hasText(field) {
  return field.value !== (field.type === "search" ? "" : field.defaultValue);
}

document.addEventListener("keydown", (event) => {
  // Otherwise the browser would close the dialog with its text, or clear a search field.
  if (event.key === "Escape" && isTextField(event.target) && hasText(event.target)) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const token = form.elements?.namedItem("csrfmiddlewaretoken");
  if (!token || event.defaultPrevented) return;
  if (globalThis.streamsiteAccount?.isForeign()) {
    event.preventDefault();
    toast(FOREIGN, { level: "error", action: gettext("Reload"), onAction: () => location.reload() });
    return;
  }
  token.value = csrfToken() || token.value;
});

// Load drafts where a form has one, and where one was sent or is waiting to be restored.
const isHandedOver = account && stored("draft-handover").read(null);
if (isHandedOver || document.cookie.includes("draft-sent=") || document.querySelector("form[data-draft]")) import("./drafts.js");
