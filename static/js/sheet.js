// The sidebar in a sheet over the page, on screens that have no room for it. The dialog keeps the focus and closes at Escape.
import { gettext } from "./i18n.js";
import { el, icon, style } from "./ui.js";

/** @type {WeakSet<HTMLElement>} those whose sheet is open or about to be */
const opening = new WeakSet();

/**
 * Open the sheet with `sidebar` in it; closed, the sidebar is back in its place and the focus at `opener`.
 *
 * @param {HTMLElement} sidebar
 * @param {HTMLElement} opener
 */
export async function openSheet(sidebar, opener) {
  // The sheet covers its opener: a second call is a click from before it was there.
  if (opening.has(sidebar)) return;
  opening.add(sidebar);
  await style("components/sheet");
  const close = el("button", { class: "icon-btn", type: "button", "aria-label": gettext("Close menu") }, icon("close"));
  const brand = document.querySelector(".brand")?.cloneNode(true) ?? "";
  const place = document.createComment("sidebar");
  sidebar.replaceWith(place);
  const dialog = el("dialog", { class: "sheet", "aria-label": gettext("Menu") }, el("div", { class: "sheet-head" }, close, brand), sidebar);
  const leave = () => dialog.close();
  close.addEventListener("click", leave);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) leave();
  });
  // A page that comes back by the Back button, and a window that is made wider, show no sheet.
  const wider = matchMedia("(width >= 82rem)");
  wider.addEventListener("change", leave);
  window.addEventListener("pagehide", leave);
  dialog.addEventListener("close", () => {
    wider.removeEventListener("change", leave);
    window.removeEventListener("pagehide", leave);
    place.replaceWith(sidebar);
    opening.delete(sidebar);
    dialog.remove();
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  opener.setAttribute("aria-expanded", "true");
}
