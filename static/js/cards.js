// Cards of videos: their menus, and previews under the pointer. What each needs is loaded when somebody reaches for it.

// The pointer or the focus comes before a menu is opened, so that its items are there by then.
for (const type of ["pointerover", "pointerdown", "focusin", "keydown"]) {
  document.addEventListener(type, async (event) => {
    const menu = /** @type {Element} */ (event.target).closest?.("[data-card-menu]");
    if (!menu || menu.hasAttribute("data-filled")) return;
    const { fill } = await import("./card-menu.js");
    fill(/** @type {HTMLElement} */ (menu));
  }, true);
}

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
