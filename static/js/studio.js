// The studio's rows show the processing of their videos; retry and delete work without leaving the page.
import { api, errorText } from "./api.js";
import { offerFocus } from "./focus.js";
import { followProcessing, showSteps, STATUS_WORDS } from "./processing.js";
import { confirmAction } from "./dialog.js";
import { gettext, interpolate } from "./i18n.js";
import { el, toast } from "./ui.js";
import { clockTime, momentOf } from "./wall-clock.js";

const part = (row, name) => row.querySelector(`[data-${name}]`);
const isWorking = (status) => !["ready", "failed"].includes(status);

/** Show a row's status. `isHopeless`: retrying cannot help, so the row offers to choose another file. */
function showStatus(row, status, isHopeless = false) {
  row.dataset.status = status;
  const badge = part(row, "badge");
  badge.dataset.status = status;
  badge.textContent = STATUS_WORDS[status] ?? status;
  for (const [name, visible] of [
    ["progress", isWorking(status)],
    ["steps", isWorking(status)],
    ["problem", status === "failed"],
    ["retry", status === "failed" && !isHopeless],
    ["hopeless", status === "failed" && isHopeless],
    ["watch", status === "ready"],
  ]) {
    const element = part(row, name);
    if (element) element.hidden = !visible;
  }
}

function showJob(row, job) {
  showStatus(row, job.status, job.error?.retryable === false);
  const bar = part(row, "progress");
  if (bar) bar.value = job.progress ?? 0;
  const steps = part(row, "steps");
  if (steps && isWorking(job.status)) showSteps(steps, job.steps ?? []);
  const waiting = part(row, "waits-for-space");
  if (waiting) waiting.hidden = job.waiting_for !== "space";
  if (job.error) part(row, "problem").textContent = job.error.detail;
}

async function showThumbnail(row) {
  try {
    const { data } = await api("GET", `/videos/${row.dataset.row}`);
    if (!data.thumbnail_url) return;
    const thumb = row.querySelector(".thumb");
    thumb.replaceChildren(el("img", { src: data.thumbnail_url, alt: "", width: "320", height: "180" }));
  } catch {
    // The thumbnail comes with the next page load.
  }
}

async function follow(row) {
  if (row.dataset.followed) return;
  row.dataset.followed = "1";
  const job = await followProcessing(row.dataset.row, (now) => showJob(row, now));
  delete row.dataset.followed;
  if (job?.status === "ready") showThumbnail(row);
}

function addProgress(row) {
  if (part(row, "progress")) return;
  part(row, "problem").before(
    el("progress", { max: "1", value: "0", "aria-label": interpolate(gettext("Processing of “%(title)s”"), { title: row.dataset.title }), "data-progress": true }),
    el("ol", { class: "steps", "data-steps": true, hidden: true }),
  );
}

async function retry(row) {
  try {
    await api("POST", `/videos/${row.dataset.row}/retry`);
    addProgress(row);
    showStatus(row, "queued");
    follow(row);
  } catch (error) {
    toast(errorText(error), { level: "error" });
  }
}

async function remove(row) {
  const sure = await confirmAction(
    gettext("Delete this video?"),
    interpolate(gettext("This permanently deletes “%(title)s” and all its files."), { title: row.dataset.title }),
    gettext("Delete video"),
  );
  if (!sure) return;
  try {
    await api("DELETE", `/videos/${row.dataset.row}`);
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    offerFocus(next?.querySelector("a:not([tabindex])"));
    toast(gettext("Video deleted."));
  } catch (error) {
    toast(errorText(error), { level: "error" });
  }
}

function followAll() {
  for (const row of document.querySelectorAll("[data-row]")) {
    if (isWorking(row.dataset.status)) follow(row);
  }
}

document.addEventListener("submit", (event) => {
  const row = event.target.closest("[data-retry]")?.closest("[data-row]");
  if (!row) return;
  event.preventDefault();
  retry(row);
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-delete]")?.closest("[data-row]");
  if (!row || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  remove(row);
});

/** Show and read date fields below `root` in the viewer's time zone; the server gets and sends UTC. @param {ParentNode} [root] */
export function localTimes(root = document) {
  for (const field of root.querySelectorAll("input[data-utc]")) {
    const sent = el("input", { type: "hidden", name: field.name, value: field.value ? `${field.value}:00Z` : "" });
    if (field.value) field.value = clockTime(Date.parse(`${field.value}:00Z`));
    field.removeAttribute("name");
    field.removeAttribute("data-utc");
    field.after(sent);
    field.addEventListener("change", () => {
      sent.value = field.value ? new Date(momentOf(field.value)).toISOString() : "";
    });
  }
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-text]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copyText);
    toast(gettext("Copied."));
  } catch {
    toast(gettext("Couldn't copy. Select the text and copy it yourself."));
  }
});

localTimes();
document.addEventListener("htmx:after:swap", followAll);
followAll();
