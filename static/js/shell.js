// Behavior of every page's shell: theme and sidebar toggles, menus, copied links, saving videos, toasts.
import { stored } from "./browser-storage.js";
import { gettext } from "./i18n.js";
import { icon, removeLater, toast } from "./ui.js";

const root = document.documentElement;

function isDark() {
  if (root.dataset.theme === "light" || root.dataset.theme === "dark") return root.dataset.theme === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function showTheme(button) {
  button.replaceChildren(icon(isDark() ? "sun" : "moon"));
  button.setAttribute("aria-label", isDark() ? gettext("Switch to light theme") : gettext("Switch to dark theme"));
}

/** Store the theme in the account's preferences, for its other devices. */
async function keepTheme(theme) {
  const { api } = await import("./api.js");
  await api("PATCH", "/me/preferences", { json: { theme }, keepalive: true }).catch(() => {
    toast(gettext("Couldn't save the theme for your other devices."), { level: "error" });
  });
}

for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  showTheme(button);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => showTheme(button));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored("theme").write(root.dataset.theme);
    showTheme(button);
    if (document.querySelector('meta[name="csrf-token"]')) keepTheme(root.dataset.theme);
  });
}

// Where the sidebar has room it is collapsed and expanded in its place; elsewhere it opens in a sheet over the page.
const hasRoom = matchMedia("(width >= 82rem)");
const sidebar = document.getElementById("sidebar");
const channels = sidebar?.querySelector("[data-nav-channels]");

/** Load the subscribed channels once they can be seen. */
async function showChannels() {
  if (!channels) return;
  const { loadChannels } = await import("./nav-channels.js");
  loadChannels(channels);
}

for (const button of document.querySelectorAll("[data-nav-toggle]")) {
  const show = () => {
    const isFull = hasRoom.matches && root.dataset.nav !== "mini";
    button.setAttribute("aria-expanded", String(isFull));
    if (!hasRoom.matches) button.setAttribute("aria-label", gettext("Menu"));
    else button.setAttribute("aria-label", isFull ? gettext("Collapse sidebar") : gettext("Expand sidebar"));
    if (isFull) showChannels();
  };
  show();
  hasRoom.addEventListener("change", () => {
    if (!hasRoom.matches) root.dataset.nav = "mini";
    show();
  });
  button.addEventListener("click", async () => {
    if (hasRoom.matches) {
      root.dataset.nav = root.dataset.nav === "mini" ? "full" : "mini";
      stored("nav").write(root.dataset.nav);
      show();
      return;
    }
    const { openSheet } = await import("./sheet.js");
    openSheet(sidebar, button);
    showChannels();
  });
}

const openMenu = () => document.querySelector("details.menu[open]");

function closeMenu(menu, { focus = false } = {}) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  const menu = openMenu();
  if (!menu || (menu.contains(event.target) && !event.target.closest(".menu-item"))) return;
  // A dialog that an item opens gives the focus back to what had it before: not to an item that is hidden by then.
  closeMenu(menu, { focus: menu.contains(document.activeElement) });
});

document.addEventListener("focusin", (event) => {
  const menu = openMenu();
  if (menu && !menu.contains(event.target)) closeMenu(menu);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (!menu) return;
  if (event.key === "Escape" && menu.open) {
    closeMenu(menu, { focus: true });
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey) return;
  event.preventDefault();
  menu.open = true;
  const items = [...menu.querySelectorAll(".menu-item")];
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length]?.focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const link = new URL(button.dataset.copy, location.origin).href;
  try {
    await navigator.clipboard.writeText(link);
    toast(gettext("Link copied."));
  } catch {
    toast(link, { action: gettext("Open"), onAction: () => location.assign(link) });
  }
});

// The save dialog is loaded on first use.
document.addEventListener("click", async (event) => {
  const trigger = event.target.closest("[data-save-video], [data-watch-later]");
  if (!trigger || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const { openSaveDialog, watchLater } = await import("./playlists.js");
  const { saveVideo, watchLater: kept } = trigger.dataset;
  if (saveVideo) openSaveDialog(saveVideo, trigger);
  else watchLater(kept);
});

for (const box of document.querySelectorAll("[data-toasts] .toast")) {
  box.querySelector("[data-toast-close]")?.addEventListener("click", () => box.remove());
  if (box.dataset.level !== "error") removeLater(box, 8000);
}

// After a form was refused, focus its first invalid field. The editor does this itself.
/** @type {HTMLElement | null} */ (document.querySelector("main form:not([data-editor-form]) [aria-invalid=true]"))?.focus();

// On narrow screens a row of tabs scrolls: start at the current one.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
