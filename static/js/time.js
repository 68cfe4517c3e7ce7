// Times are rendered in the zone that the account chose, in UTC, or as "3 days ago": this shows them in the viewer's.
import { dates } from "./locale.js";

const full = dates({ dateStyle: "full", timeStyle: "short" });
const short = dates({ dateStyle: "medium", timeStyle: "short" });
const day = dates({ dateStyle: "medium" });

function dateOf(time) {
  const date = new Date(time.dateTime);
  return Number.isNaN(date.getTime()) ? null : date;
}

function showAll() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    const date = dateOf(time);
    if (date) time.textContent = (time.dataset.local === "day" ? day : short).format(date);
  }
}

showAll();
document.addEventListener("htmx:after:swap", showAll);

// On first hover, so that times in fragments loaded later are covered as well.
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest?.("time[datetime]");
  // Days have no time of day to convert.
  if (!time?.dateTime.includes("T") || time.title) return;
  const date = dateOf(time);
  if (date) time.title = full.format(date);
});
