// Knows what of a form is not saved, by the parts that its fields belong to.
import { gettext, interpolate } from "../i18n.js";
import { list } from "../locale.js";

/** @typedef {any} Field an input, a select or a textarea */

/** @param {Field} field */
function valueOf(field) {
  if (field.type === "file") return [...(field.files ?? [])].map(({ name }) => name).join();
  if (field.type === "checkbox" || field.type === "radio") return field.checked ? field.value : "";
  // The same moment may be written in several ways.
  if (field.type === "hidden" && field.name === "publish_at") return String(Date.parse(field.value) || "");
  return field.value;
}

/** @param {Field} field */
function savedValueOf(field) {
  if (field.type === "file") return "";
  if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked ? field.value : "";
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    return (options.find(({ defaultSelected }) => defaultSelected) ?? options[0])?.value ?? "";
  }
  return field.type === "hidden" ? valueOf(field) : field.defaultValue;
}

export class Unsaved {
  #form;
  /** @type {Map<string, string>} */
  #saved = new Map();

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.#form = form;
    this.add(form);
  }

  /** @returns {Field[]} */
  #fields(root = this.#form) {
    return [...root.querySelectorAll("[name]:is(input, textarea, select):not([data-ignored], [name=csrfmiddlewaretoken], [name=track], [name^=initial-])")];
  }

  /** @param {Field} field */
  #key(field) {
    return field.type === "radio" ? `${field.name}=${field.value}` : field.name;
  }

  /** Take the values that a part of the page was sent with as saved. @param {any} root */
  add(root) {
    for (const field of this.#fields(root)) this.#saved.set(this.#key(field), savedValueOf(field));
  }

  /** Forget all, after a save: the new page's values are the saved ones. */
  reset() {
    this.#saved.clear();
    this.add(this.#form);
  }

  /** The names of the parts that are not saved, in the order of the page. @returns {string[]} */
  get parts() {
    const changed = this.#fields().filter((field) => valueOf(field) !== (this.#saved.get(this.#key(field)) ?? ""));
    const named = [...changed, ...this.#form.querySelectorAll("[data-unsaved]")];
    named.sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const names = named.map((field) => /** @type {HTMLElement | null} */ (field.closest("[data-part]"))?.dataset.part);
    return [...new Set(names.filter(Boolean))];
  }

  /** Say what is not saved. */
  get sentence() {
    const { parts } = this;
    return parts.length ? interpolate(gettext("Unsaved: %(parts)s"), { parts: list(parts) }) : gettext("No unsaved changes");
  }
}
