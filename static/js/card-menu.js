// The menus of cards, which are made when they are first opened.
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
export function fill(menu) {
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

document.addEventListener("click", async (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-not-interested], [data-hide-channel]");
  if (!button) return;
  const { hide } = await import("./not-interested.js");
  hide(/** @type {HTMLElement} */ (button));
});
