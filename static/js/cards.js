// Cards of videos: their menus, which are made when they are first opened, and their previews under the pointer.
import { gettext } from "./i18n.js";
import { el, icon } from "./ui.js";

const isSignedIn = Boolean(document.querySelector('meta[name="csrf-token"]'));

/**
 * @param {string} symbol the icon's name
 * @param {string} text
 * @param {Record<string, string>} attributes
 */
function item(symbol, text, attributes) {
  const name = attributes.href ? "a" : "button";
  const kind = attributes.href ? {} : { type: "button" };
  return el(name, { class: "menu-item", ...kind, ...attributes }, icon(symbol), text);
}

/**
 * Fill the menu of a card. Where the site chose the video, it offers to choose it no more.
 *
 * @param {HTMLElement} menu
 */
function fill(menu) {
  const list = menu.querySelector(".menu-list");
  const id = menu.closest("[data-video]")?.getAttribute("data-video");
  if (!list || !id || "filled" in menu.dataset) return;
  menu.dataset.filled = "";
  const { channel } = menu.dataset;
  const items = [];
  if (isSignedIn) {
    items.push(item("clock", gettext("Watch later"), { "data-watch-later": id }));
    items.push(item("save", gettext("Save to playlist"), { "data-save-video": id }));
  }
  items.push(item("link", gettext("Copy link"), { "data-copy": `/watch/${id}` }));
  if (channel && menu.closest("[data-recommended]")) {
    items.push(item("ban", gettext("Not interested"), { "data-not-interested": id }));
    items.push(item("video-off", gettext("Don't recommend channel"), { "data-hide-channel": channel }));
  }
  if (channel) {
    import("./report.js");
    items.push(item("flag", gettext("Report"), { href: `/report/video/${id}`, "data-report": `/videos/${id}/report` }));
  }
  list.append(...items);
}

// Before the menu opens, and before its keys look for its items.
for (const type of ["pointerdown", "keydown", "click"]) {
  document.addEventListener(type, (event) => {
    const menu = /** @type {Element} */ (event.target).closest?.("[data-card-menu]");
    if (menu) fill(/** @type {HTMLElement} */ (menu));
  }, true);
}

document.addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-not-interested], [data-hide-channel]");
  if (!button) return;
  const { hide } = await import("./not-interested.js");
  hide(/** @type {HTMLElement} */ (button));
});

// Previews: only where there is a pointer that hovers, and where neither motion nor data is to be saved.
const PREVIEW_MS = 600;
/** @type {AbortController | null} */
let shown = null;
/** @type {Element | null} */
let over = null;
let timer = 0;

function isPreviewing() {
  const { connection } = /** @type {any} */ (navigator);
  return matchMedia("(hover: hover)").matches && !matchMedia("(prefers-reduced-motion: reduce)").matches && !connection?.saveData;
}

function stop() {
  clearTimeout(timer);
  shown?.abort();
  shown = null;
  over = null;
}

document.addEventListener("pointerover", (event) => {
  const card = event.pointerType === "mouse" ? /** @type {Element} */ (event.target).closest(".card") : null;
  if (card === over) return;
  stop();
  const thumb = card?.querySelector("[data-preview]");
  if (!thumb || !isPreviewing()) return;
  over = card;
  timer = setTimeout(async () => {
    const controller = new AbortController();
    shown = controller;
    const { preview } = await import("./preview.js");
    if (!controller.signal.aborted) preview(/** @type {HTMLElement} */ (thumb), controller.signal);
  }, PREVIEW_MS);
});

document.documentElement.addEventListener("pointerleave", stop);
addEventListener("pagehide", stop);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stop();
});
