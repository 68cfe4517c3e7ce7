// The row of chips above a list: arrow keys move along it, and buttons scroll it where a mouse cannot.
import { gettext } from "./i18n.js";
import { el, icon } from "./ui.js";

/** @param {HTMLElement} bar */
function setUp(bar) {
  const row = /** @type {HTMLElement} */ (bar.querySelector(".chip-row"));
  const chips = () => /** @type {HTMLElement[]} */ ([...row.querySelectorAll(".chip")]);
  const isRightToLeft = () => getComputedStyle(row).direction === "rtl";

  row.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const all = chips();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const forward = isRightToLeft() ? "ArrowLeft" : "ArrowRight";
    const back = isRightToLeft() ? "ArrowRight" : "ArrowLeft";
    /** @type {Record<string, number>} */
    const places = { [forward]: at + 1, [back]: at - 1, Home: 0, End: all.length - 1 };
    const next = all[places[event.key]];
    if (at < 0 || !(event.key in places)) return;
    event.preventDefault();
    next?.focus();
  });

  // Only for the mouse: the keyboard and screen readers reach every chip, fingers drag the row.
  const button = (name, label, step) => {
    const made = el("button", { class: `chip-scroll chip-scroll-${name}`, type: "button", tabindex: "-1", "aria-hidden": "true", title: label, hidden: true }, icon("chevron-down"));
    made.addEventListener("click", () => row.scrollBy({ left: step * (isRightToLeft() ? -1 : 1) * row.clientWidth * 0.7 }));
    bar.append(made);
    return made;
  };
  const previous = button("previous", gettext("Scroll back"), -1);
  const next = button("next", gettext("Scroll forward"), 1);
  const show = () => {
    const at = Math.abs(row.scrollLeft);
    previous.hidden = at < 4;
    next.hidden = at + row.clientWidth > row.scrollWidth - 4;
  };
  row.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(show).observe(row);
  const current = /** @type {HTMLElement | null} */ (row.querySelector("[aria-current]"));
  if (current) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
  show();
}

for (const bar of document.querySelectorAll("[data-chips]")) setUp(/** @type {HTMLElement} */ (bar));
