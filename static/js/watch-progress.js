// Progress bars and "Watched" marks on visitors' cards, from the positions stored in this browser. The server renders those
// of accounts: videos/watch_marks.py, which has the same rules.
import { storedPosition, watchMark } from "./player/position.js";
import { el } from "./ui.js";

function draw(thumb) {
  const mark = watchMark(storedPosition(thumb.dataset.mark), Number(thumb.dataset.seconds));
  const words = thumb.closest("[data-video], li, section")?.querySelector("[data-mark-text]");
  for (const old of thumb.querySelectorAll(".thumb-progress, .thumb-mark")) old.remove();
  if (words) words.textContent = mark ? (mark.isFinished ? "Watched" : `${mark.percent}% watched`) : "";
  if (!mark) return;
  thumb.append(el("progress", { class: "thumb-progress", max: 100, value: mark.percent }));
  if (mark.isFinished) thumb.append(el("span", { class: "thumb-mark" }, "Watched"));
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
