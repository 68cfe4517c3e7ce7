// The number of notifications since the list was last opened, beside the bell, and the list itself when the bell is
// pressed. Polled while the tab is visible, from every half minute to every five
// minutes while nothing changes. Most answers are a 304.
import { ApiError, api, sleep, whenVisible } from "./api.js";
import { stored } from "./browser-storage.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { number } from "./locale.js";
import { toast } from "./ui.js";

const FIRST = 30_000;
const MAX_WAIT = 300_000;
const FRESH = 10_000;
const kept = stored("unread");

function show(unread) {
  const count = number(unread);
  const label = unread ? interpolate(ngettext("Notifications, %(count)s unread", "Notifications, %(count)s unread", unread), { count }) : gettext("Notifications");
  for (const badge of document.querySelectorAll("[data-unread]")) {
    badge.hidden = !unread;
    badge.textContent = unread > 99 ? "99+" : count;
    badge.closest("a")?.setAttribute("aria-label", label);
  }
}

async function follow() {
  let wait = FIRST;
  let { unread = 0, at = 0 } = kept.read({});
  show(unread);
  if (Date.now() - at < FRESH && !document.querySelector("[data-notes]")) await sleep(FRESH);
  for (;;) {
    const wasHidden = document.hidden;
    await whenVisible();
    if (wasHidden) wait = FIRST;
    try {
      const { data } = await api("GET", "/me/notifications/unread");
      wait = data.unseen === unread ? Math.min(wait * 2, MAX_WAIT) : FIRST;
      unread = data.unseen;
      show(unread);
      kept.write({ unread, at: Date.now() });
    } catch (error) {
      if (error.status === 401) return;
      wait = MAX_WAIT;
    }
    await Promise.race([sleep(wait), untilShownAgain()]);
  }
}

/**
 * Resolve when the tab is shown again after it was hidden.
 *
 * @returns {Promise<void>}
 */
function untilShownAgain() {
  return new Promise((resolve) => {
    const seen = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", seen);
      resolve();
    };
    document.addEventListener("visibilitychange", seen);
  });
}

// The bell is a link to the page of notifications. A plain click opens them here, except on that page.
document.querySelector(".bell")?.addEventListener("click", async (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || document.querySelector("[data-notes]")) return;
  event.preventDefault();
  const bell = event.currentTarget;
  try {
    const { togglePanel } = await import("./notification-panel.js");
    await togglePanel(bell);
    show(0);
    kept.write({ unread: 0, at: Date.now() });
  } catch {
    // Without a network the other page would be the browser's own, and this one gone.
    if (navigator.onLine) location.assign(bell.href);
    else toast(new ApiError(0).message, { level: "error" });
  }
});

// Opening a notification marks it as read.
document.addEventListener("click", (event) => {
  const note = event.target.closest("[data-note] a")?.closest("[data-note]");
  if (note?.classList.contains("note-unread")) {
    api("POST", "/me/notifications/read", { json: { ids: note.dataset.note.split(",") }, keepalive: true }).catch(() => {});
  }
});

const markRead = (id) => api("POST", "/me/notifications/read", { json: { ids: [id] } }).catch(() => {});

// So does opening one that the browser showed (push/worker.js): in a new tab, or in this one when it shows the page already.
const address = new URL(location.href);
const opened = address.searchParams.get("notification");
if (opened) {
  address.searchParams.delete("notification");
  history.replaceState(history.state, "", address);
  markRead(opened);
}
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.type === "notification-opened" && data.id) markRead(data.id);
});

follow();
