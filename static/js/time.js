// Times are rendered in UTC or as "3 days ago"; here they gain the viewer's own date and hour.
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function dateOf(time) {
  const date = new Date(time.dateTime);
  return Number.isNaN(date.getTime()) ? null : date;
}

for (const time of document.querySelectorAll("time[data-local]")) {
  const date = dateOf(time);
  if (date) time.textContent = short.format(date);
}

// On first hover only, so that times in fragments loaded later are covered as well.
document.addEventListener("pointerover", (event) => {
  const time = event.target.closest?.("time[datetime]");
  // A day is the same everywhere.
  if (!time?.dateTime.includes("T") || time.title) return;
  const date = dateOf(time);
  if (date) time.title = full.format(date);
});
