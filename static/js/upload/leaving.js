// Asks before a page is left whose uploads would stop: the next page of the site continues them, another site does not.
import { isKeeping } from "./keeper.js";

let leavesFor = 0;
const WITHIN_MS = 2000;

/** @param {string} url */
function mark(url) {
  if (new URL(url, location.href).origin === location.origin) leavesFor = Date.now();
}

/** @type {any} */ (globalThis).navigation?.addEventListener("navigate", (event) => mark(event.destination.url));
document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest?.("a[href]");
  if (link instanceof HTMLAnchorElement) mark(link.href);
});
document.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
  if (key === "F5" || (key === "r" && (ctrlKey || metaKey))) mark(location.href);
});
document.addEventListener("submit", (event) => mark(/** @type {HTMLFormElement} */ (event.target).action));

/**
 * Ask before the page is left while `isBusy()`.
 *
 * @param {() => boolean} isBusy
 */
export function guardLeaving(isBusy) {
  addEventListener("beforeunload", (event) => {
    const staysHere = isKeeping() && Date.now() - leavesFor < WITHIN_MS;
    if (isBusy() && !staysHere) event.preventDefault();
  });
}
