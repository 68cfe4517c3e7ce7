// The latest notifications in a panel at the bell.
import { gettext } from "./i18n.js";
import { el, style } from "./ui.js";

const ROWS = 12;
const WAITING_ROWS = 4;
// When the pointer last went down on the bell while the panel was open: that closes it, and the click that follows is not
// to open it again.
let pressedAt = -Infinity;
const LONGEST_PRESS = 1000;

/**
 * Open the panel below `bell`, or close it when it is open. Reject when the notifications cannot be had.
 *
 * @param {HTMLAnchorElement} bell
 * @returns {Promise<void>}
 */
export async function togglePanel(bell) {
  if (performance.now() - pressedAt < LONGEST_PRESS) {
    pressedAt = -Infinity;
    return;
  }
  const open = document.getElementById("note-panel");
  if (open) {
    open.hidePopover();
    return;
  }
  const panel = el("div", { class: "note-panel", id: "note-panel", role: "dialog", "aria-label": gettext("Notifications"), popover: "auto", tabindex: "-1" }, waiting());
  const filled = fill(panel, bell);
  filled.catch(() => {}); // told below, once the panel is there
  await style("pages/notifications");
  bell.after(panel);
  const closed = new AbortController();
  bell.addEventListener("pointerdown", () => (pressedAt = performance.now()), { signal: closed.signal });
  bell.setAttribute("aria-expanded", "true");
  panel.addEventListener("beforetoggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    closed.abort();
    close(panel, bell);
  });
  panel.addEventListener("submit", (event) => markRead(event, panel, bell));
  panel.showPopover();
  panel.focus();
  try {
    await filled;
  } catch (error) {
    panel.hidePopover();
    throw error;
  }
  import("./push/offer.js").then(({ offerPush }) => offerPush(panel)).catch(() => {});
}

/** Return the outlines of notifications that are being loaded. */
function waiting() {
  const line = () => el("span", { class: "skeleton skeleton-line" });
  const row = () => el("div", { class: "skeleton-row" }, el("span", { class: "avatar skeleton" }), el("div", {}, line(), line()));
  return el("div", { class: "skeleton-rows note-waiting", "aria-hidden": "true" }, ...Array.from({ length: WAITING_ROWS }, row));
}

/** Put the latest notifications into the panel. Reject when they cannot be had. */
async function fill(panel, bell) {
  panel.ariaBusy = "true";
  const answer = await fetch(`${new URL(bell.href).pathname}/panel?page_size=${ROWS}`);
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  panel.innerHTML = await answer.text();
  panel.ariaBusy = "false";
}

function close(panel, bell) {
  bell.setAttribute("aria-expanded", "false");
  const hadFocus = panel.contains(document.activeElement);
  setTimeout(() => {
    panel.remove();
    if (hadFocus) bell.focus();
  }, 0);
}

/** Mark as read without leaving the page. The other forms lead to the page of notifications, which says what was done. */
async function markRead(event, panel, bell) {
  const form = event.target;
  if (!new URL(form.action).pathname.endsWith("/read")) return;
  event.preventDefault();
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    if (!answer.ok) throw new Error(String(answer.status));
    await fill(panel, bell);
    panel.focus();
  } catch {
    form.submit();
  }
}
