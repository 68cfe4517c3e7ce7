// Where toasts are shown: above dialogs and the full screen, and clear of the controls of players.

/** The layer that covers the page: a modal dialog, or what fills the screen. */
const topLayer = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.fullscreenElement;

/** Move the toasts to where they are seen and cover no controls of a player. */
export function placeToasts() {
  const toasts = /** @type {HTMLElement | null} */ (document.querySelector("[data-toasts]"));
  if (!toasts) return;
  enterTopLayer(toasts);
  clearControls(toasts);
}

/** Move the toasts into the layer on top, and back into the page when it closes. @param {HTMLElement} toasts */
function enterTopLayer(toasts) {
  const layer = topLayer();
  if (!layer || layer.contains(toasts)) return;
  const home = toasts.closest("main") ?? toasts.parentElement;
  layer.append(toasts);
  const back = () => {
    if (topLayer() === layer) return;
    home?.append(toasts);
    layer.removeEventListener("close", back);
    document.removeEventListener("fullscreenchange", back);
  };
  layer.addEventListener("close", back);
  document.addEventListener("fullscreenchange", back);
}

/**
 * Show the toasts at the top where at the bottom they would cover a player's controls (84 px with the seek bar).
 *
 * @param {HTMLElement} toasts
 */
function clearControls(toasts) {
  toasts.dataset.at = "bottom";
  const box = toasts.getBoundingClientRect();
  const isOver = [...document.querySelectorAll(".player")].some((player) => {
    const { left, right, top, bottom } = player.getBoundingClientRect();
    return left < box.right && right > box.left && Math.max(top, bottom - 84) < box.bottom && bottom > box.top;
  });
  if (isOver) toasts.dataset.at = "top";
}
