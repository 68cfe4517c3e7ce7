// What happens when somebody reaches for a card: its menu is filled, and under a resting pointer a preview begins.

const PREVIEW_MS = 600;
/** @type {AbortController | null} */
let shown = null;
/** @type {Element | null} */
let over = null;
let timer = 0;

/** Answer an event on a card. @param {Event} event */
export function reach(event) {
  const target = /** @type {Element} */ (event.target);
  if (event.type === "pointerover" || event.type === "pointerout") hover(/** @type {PointerEvent} */ (event));
  const menu = target.closest("[data-card-menu]");
  if (menu && event.type !== "pointerout") fillMenu(/** @type {HTMLElement} */ (menu));
}

/** @param {HTMLElement} menu */
async function fillMenu(menu) {
  if (menu.hasAttribute("data-filled")) return;
  const { fill } = await import("./card-menu.js");
  fill(menu);
}

// Previews: only where there is a pointer that hovers, and where neither motion nor data is to be saved.
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

/** Begin a preview when the mouse rests on another card; end it when it leaves. @param {PointerEvent} event */
function hover(event) {
  const place = event.type === "pointerout" ? event.relatedTarget : event.target;
  const card = event.pointerType === "mouse" && place instanceof Element ? place.closest(".card") : null;
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
}

addEventListener("pagehide", stop);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) stop();
});
