// Where uploads are shown: in the upload page's list, elsewhere in a panel at the edge of the window.
import { gettext, interpolate, ngettext } from "../i18n.js";
import { number } from "../locale.js";
import { el, icon, style } from "../ui.js";
import { dropContinued } from "./interrupted.js";
import { queue } from "./queue.js";
import { rowOf } from "./row.js";

let list = null;
let panel = null;
let summary = null;

/** Return the list for rows. */
function place() {
  if (list) return list;
  style("components/upload");
  list = document.querySelector("[data-queue]");
  if (list) return list;
  list = el("ul", { class: "upload-list", role: "list", "data-queue": true });
  summary = el("span", {});
  panel = el(
    "details", { class: "upload-dock", open: matchMedia("(width >= 40rem)").matches },
    el("summary", {}, icon("upload"), summary, icon("chevron-down")),
    list,
  );
  document.body.append(el("section", { "aria-label": gettext("Uploads"), "data-dock": true }, panel));
  return list;
}

function summarize() {
  const section = document.querySelector("[data-queue-section]");
  if (section instanceof HTMLElement) section.hidden = queue.items.length === 0;
  if (!panel) return;
  panel.parentElement.hidden = queue.items.length === 0;
  const left = queue.items.filter((item) => item.isUnfinished).length;
  const text = left
    ? interpolate(ngettext("Uploading %(count)s video", "Uploading %(count)s videos", left), { count: number(left) })
    : gettext("Uploads complete");
  if (summary.textContent !== text) summary.textContent = text;
}

queue.addEventListener("added", (event) => {
  place().prepend(rowOf(/** @type {CustomEvent} */ (event).detail));
  summarize();
});
queue.addEventListener("change", () => {
  summarize();
  for (const { videoId } of queue.items) if (videoId) dropContinued(videoId);
});
// What another tab is sending is not interrupted either.
queue.restore().then((kept) => {
  for (const { draft } of kept) if (draft) dropContinued(draft.videoId);
});
