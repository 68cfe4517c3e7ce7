// "Load more": moves the focus to the first new row, unless the viewer has moved it elsewhere, and reports failures. Lists
// with `data-endless` load by themselves when their end comes near, some pages in a row, and are as they were after Back.
import { offerFocus } from "./focus.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { number } from "./locale.js";
import { el, toast } from "./ui.js";

// So many pages come by themselves; then the link is left, so that the footer can be reached.
const PAGES_IN_A_ROW = 5;
const WAITING_CARDS = 4;
const MARGIN = "1000px 0px";
const endless = /** @type {HTMLElement | null} */ (document.querySelector("[data-endless]"));
/** The addresses of the pages that were added to the list. @type {string[]} */
const trail = [];
/** @type {{ list: Element, count: number, href: string, isAsked: boolean } | null} */
let marker = null;
let inARow = 0;
/** @type {HTMLElement | null} */
let failure = null;

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest(".more a");
  const list = link?.closest(".more")?.parentElement;
  if (!link || !list) return;
  marker = { list, count: list.children.length - 1, href: link.getAttribute("href") ?? "", isAsked: event.isTrusted };
  showWaiting(link.closest(".more"), list);
  if (event.isTrusted) inARow = 0;
});

/** Show outlines of cards where the next ones will be, in lists of cards. */
function showWaiting(place, list) {
  place.ariaBusy = "true";
  if (!list.matches(".grid, .rows") || place.querySelector(".skeleton-cards")) return;
  const line = () => el("span", { class: "skeleton skeleton-line" });
  const cards = Array.from({ length: WAITING_CARDS }, () => (
    el("div", { class: "card" }, el("div", { class: "thumb skeleton" }), el("div", { class: "card-body" }, el("div", {}, line(), line())))
  ));
  place.append(el("div", { class: `${list.className} skeleton-cards`, "aria-hidden": "true" }, ...cards));
}

/** Take the outlines away when nothing came. */
function endWaiting() {
  for (const place of document.querySelectorAll(".more[aria-busy=true]")) {
    place.ariaBusy = "false";
    place.querySelector(".skeleton-cards")?.remove();
  }
}

/** Remove videos and headings of days that the page has already. Videos move between pages while others are added. */
function withoutRepeated(list) {
  const known = new Set();
  for (const shelf of document.querySelectorAll(".shelf-row [data-video]")) known.add(shelf.getAttribute("data-video"));
  for (const row of [...list.children]) {
    const day = row.getAttribute("data-day");
    const key = day ? `day ${day}` : row.querySelector(":scope > [data-video]")?.getAttribute("data-video");
    if (!key || (!day && list !== endless)) continue;
    if (known.has(key)) row.remove();
    known.add(key);
  }
}

const status = el("div", { class: "visually-hidden", role: "status" });
document.body.append(status);

document.addEventListener("htmx:after:swap", () => {
  if (!marker) return;
  const { list, count, href, isAsked } = marker;
  marker = null;
  const rows = [...list.children].slice(count).filter((row) => !row.matches(".more"));
  withoutRepeated(list);
  if (list === endless) {
    trail.push(href);
    keepPlace();
    watchEnd();
  }
  const added = rows.filter((row) => row.isConnected && !row.hasAttribute("data-day"));
  const said = ngettext("%(count)s more loaded.", "%(count)s more loaded.", added.length);
  status.textContent = interpolate(said, { count: number(added.length) });
  if (isAsked) offerFocus(added[0]?.querySelector("a:not([tabindex]), button, input"), { preventScroll: true });
});

for (const name of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(name, () => {
    endWaiting();
    // Reloading would lose the place, and without a network the whole page.
    const link = /** @type {HTMLElement | null | undefined} */ (marker?.list.querySelector(":scope > .more a"));
    marker = null;
    const retry = () => {
      failure?.remove();
      if (link) link.click();
      else location.reload();
    };
    failure?.remove();
    failure = toast(gettext("Couldn't load more."), { level: "error", action: gettext("Try again"), onAction: retry });
  });
}

const observer = new IntersectionObserver((entries) => {
  const { connection } = /** @type {any} */ (navigator);
  if (!entries.some((entry) => entry.isIntersecting) || inARow >= PAGES_IN_A_ROW || connection?.saveData) return;
  const link = /** @type {HTMLElement | null} */ (endless?.querySelector(":scope > .more a:not(.htmx-request)") ?? null);
  if (!link || marker) return;
  inARow += 1;
  link.click();
}, { rootMargin: MARGIN });

/** Load the next page when the end of the list comes near. */
function watchEnd() {
  observer.disconnect();
  const end = endless?.querySelector(":scope > .more");
  if (end) observer.observe(end);
}

/** Return the video at the top of the window, and where its card begins. */
function topCard() {
  const cards = [...document.querySelectorAll("[data-endless] [data-video]")];
  const first = cards.find((card) => card.getBoundingClientRect().bottom > 0);
  return first ? { id: first.getAttribute("data-video"), top: first.getBoundingClientRect().top } : null;
}

/** Store in the history's entry which pages are loaded, and where the window is. */
function keepPlace() {
  if (!endless || !trail.length) return;
  history.replaceState({ ...history.state, list: { trail, y: scrollY, card: topCard() } }, "");
}

/**
 * Load the pages again that were there before the viewer left, and scroll to where they were.
 *
 * @param {HTMLElement} list
 * @param {{ trail: string[], y: number, card: { id: string, top: number } | null }} before
 */
async function restore(list, before) {
  history.scrollRestoration = "manual";
  let isMoved = false;
  for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(name, () => { isMoved = true; }, { once: true, passive: true });
  }
  const pages = await Promise.all(before.trail.map(async (path) => {
    const response = await fetch(path, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    return response.text();
  }));
  for (const page of pages) {
    const template = document.createElement("template");
    template.innerHTML = page;
    const rows = [...template.content.querySelectorAll(".entry, .more")];
    list.querySelector(":scope > .more")?.replaceWith(...rows);
  }
  trail.push(...before.trail);
  inARow = before.trail.length;
  withoutRepeated(list);
  /** @type {any} */ (globalThis).htmx?.process(list);
  // For the scripts that complete new rows: times, marks of what was watched.
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: {} }));
  if (isMoved) return;
  const card = before.card && list.querySelector(`[data-video="${CSS.escape(before.card.id)}"]`);
  const offset = card && before.card ? card.getBoundingClientRect().top - before.card.top : before.y - scrollY;
  scrollBy({ top: offset, behavior: "instant" });
}

async function begin(list) {
  const before = history.state?.list;
  const isSameSite = before?.trail?.every?.((path) => typeof path === "string" && /^[/?](?!\/)/.test(path));
  if (isSameSite && before.trail.length) await restore(list, before).catch(() => {});
  watchEnd();
  let waiting = 0;
  addEventListener("scroll", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keepPlace, 150);
  }, { passive: true });
  document.addEventListener("click", keepPlace, { capture: true });
}

if (endless) begin(endless);
