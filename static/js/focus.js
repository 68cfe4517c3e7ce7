// Whether the viewer is busy. Actions that the viewer did not ask for at that moment wait for this, and take no focus.

const FIELDS = "textarea, select, [contenteditable]:not([contenteditable=false]), input:not([type=range], [type=checkbox], [type=radio], [type=button], [type=submit], [type=reset], [type=hidden], [type=file], [type=color])";
const OPEN = "dialog[open], details.menu[open], media-settings-menu:not([hidden]), [role=listbox]:not([hidden])";

/** Return the focused element, also inside shadow roots. */
function focused() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}

/**
 * Whether `element` takes text or a choice by keys.
 *
 * @param {unknown} element
 */
export const isField = (element) => element instanceof Element && element.closest(FIELDS) !== null;

/** Whether the focus is in a field. */
const isTyping = () => isField(focused());

/** Whether a dialog or menu is open. Keys belong to it, wherever the focus is. */
export const isLayerOpen = () => document.querySelector(OPEN) !== null;

/** Whether the viewer is writing or answering something, so that leaving the page or starting playback would disturb. */
export function isBusy() {
  if (isTyping() || isLayerOpen()) return true;
  return [...document.querySelectorAll(FIELDS)].some((field) => (
    field.localName !== "select" && field.checkVisibility() && (field.value ?? field.textContent).trim()
  ));
}

/**
 * Focus `element` after something asynchronous, unless the viewer has moved the focus elsewhere meanwhile. The focus may
 * be taken from nothing, from a dialog as a whole, and from inside `from`, where the viewer began.
 *
 * @param {HTMLElement | null | undefined} element
 * @param {FocusOptions & { from?: Element | null }} [options]
 */
export function offerFocus(element, { from = null, ...options } = {}) {
  const active = document.activeElement;
  const isFree = !active || active === document.body || active === document.documentElement || active.localName === "dialog";
  if (element && (isFree || from?.contains(active))) element.focus(options);
}
