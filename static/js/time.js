// Times are rendered in the zone that the account chose, in UTC, or as "3 days ago": this shows them in the viewer's.
import { gettext, interpolate } from "./i18n.js";
import { dates } from "./locale.js";

const full = dates({ dateStyle: "full", timeStyle: "short" });
const short = dates({ dateStyle: "medium", timeStyle: "short" });
const day = dates({ dateStyle: "medium" });

function dateOf(time) {
  const date = new Date(time.dateTime);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Show the times below `root`. Modules that add some to the page call this. @param {ParentNode} [root] */
export function showTimes(root = document) {
  for (const time of root.querySelectorAll("time[data-local]")) {
    const date = dateOf(time);
    if (!date) continue;
    const text = (time.dataset.local === "day" ? day : short).format(date);
    time.textContent = time.dataset.local === "yours" ? interpolate(gettext("%(time)s, your time"), { time: text }) : text;
  }
}

showTimes();
document.addEventListener("htmx:after:swap", () => showTimes());

// On first hover, so that times in fragments loaded later are covered as well.
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest?.("time[datetime]");
  // Days have no time of day to convert.
  if (!time?.dateTime.includes("T") || time.title) return;
  const date = dateOf(time);
  if (date) time.title = full.format(date);
});
