// Shared user interface: elements, icons, toasts.
import { gettext } from "./i18n.js";

const ICONS = new URL("../icons.svg", import.meta.url).href;

/**
 * Make an element: `el("button", { class: "btn", type: "button" }, "Text", otherElement)`. An attribute that is `true`
 * is set without a value; one that is `false`, `null` or `undefined` is left out.
 *
 * @param {string} name
 * @param {Record<string, any>} [attributes]
 * @param {...(string | Node)} children
 * @returns {any}
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Make an icon of the sprite static/icons.svg, as the template tag `icon` does. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

/** Add a style sheet below `css/`, once. Resolve when it is loaded, and also when it fails. */
export function style(name) {
  const { href } = new URL(`../css/${name}.css`, import.meta.url);
  const had = document.querySelector(`link[rel=stylesheet][href="${new URL(href).pathname}"], link[rel=stylesheet][href="${href}"]`);
  if (had) return Promise.resolve();
  return new Promise((resolve) => {
    const link = el("link", { rel: "stylesheet", href });
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

/**
 * Show a message for a while; errors and toasts with an action stay until they are dismissed. Return its element.
 *
 * @param {string} text
 * @param {{ level?: "info" | "error", action?: string, onAction?: () => void }} [options] `action` is a button's label
 * @returns {HTMLElement}
 */
export function toast(text, { level = "info", action, onAction } = {}) {
  const close = el("button", { class: "icon-btn icon-btn-small", type: "button", "aria-label": gettext("Dismiss") }, icon("close"));
  const box = el("div", { class: "toast", "data-level": level }, el("span", {}, text));
  if (action) {
    const button = el("button", { class: "btn btn-small", type: "button" }, action);
    button.addEventListener("click", onAction);
    box.append(button);
  }
  box.append(close);
  close.addEventListener("click", () => box.remove());
  document.querySelector("[data-toasts]")?.append(box);
  // Dialogs, the full screen and a player's controls are looked for once something is shown.
  import("./toast-place.js").then(({ placeToasts }) => placeToasts(), () => {});
  if (level !== "error" && !action) removeLater(box, 6000);
  return box;
}

/**
 * Report something that was done, with a button that takes it back. One such toast is shown at a time, for ten seconds.
 *
 * @param {string} text
 * @param {{ action?: string, onAction?: () => void }} [options] as of `toast`
 * @returns {HTMLElement}
 */
export function showToast(text, { action, onAction } = {}) {
  if (!action) return toast(text);
  document.querySelector(".toast[data-undo]")?.remove();
  const box = toast(text, { action, onAction });
  box.dataset.undo = "";
  box.querySelector(".btn")?.addEventListener("click", () => box.remove());
  removeLater(box, 10_000);
  return box;
}

/** Remove `box` after `ms` milliseconds, but not while the pointer or the focus is in it. */
export function removeLater(box, ms) {
  setTimeout(() => {
    if (box.matches(":hover") || box.contains(document.activeElement)) removeLater(box, ms);
    else box.remove();
  }, ms);
}
