// Progress bars and "Watched" marks on visitors' cards, from the positions stored in this browser. The server renders those
// of accounts: videos/watch_marks.py, which has the same rules.
import { storedPosition, watchMark } from "./player/position.js";
import { gettext, interpolate } from "./i18n.js";
import { percent } from "./locale.js";
import { el } from "./ui.js";

function textOf(mark) {
  if (mark?.isFinished) return gettext("Watched");
  return mark ? interpolate(gettext("%(percent)s watched"), { percent: percent(mark.percent / 100) }) : "";
}

function draw(thumb) {
  const mark = watchMark(storedPosition(thumb.dataset.mark), Number(thumb.dataset.seconds));
  const words = thumb.closest("[data-video], li, section")?.querySelector("[data-mark-text]");
  for (const old of thumb.querySelectorAll(".thumb-progress, .thumb-mark")) old.remove();
  if (words) words.textContent = textOf(mark);
  if (!mark) return;
  thumb.append(el("progress", { class: "thumb-progress", max: 100, value: mark.percent }));
  if (mark.isFinished) thumb.append(el("span", { class: "thumb-mark" }, textOf(mark)));
}

function drawAll() {
  for (const thumb of document.querySelectorAll("[data-mark]")) draw(thumb);
}

drawAll();
document.addEventListener("htmx:after:swap", drawAll);
// Back from a video, to a page that the browser restored.
addEventListener("pageshow", (event) => {
  if (event.persisted) drawAll();
});
