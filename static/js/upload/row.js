// The row of one upload, in the dock and on the upload page.
import { errorText } from "../api.js";
import { confirmAction } from "../dialog.js";
import { gettext, interpolate } from "../i18n.js";
import { showSteps, STATUS_WORDS } from "../processing.js";
import { el, icon } from "../ui.js";
import { openDetails } from "./details.js";
import { showDuplicate } from "./duplicate.js";
import { pickFiles } from "./picker.js";
import { queue } from "./queue.js";

const BADGES = {
  preparing: gettext("Starting"),
  waiting: gettext("Waiting"),
  sending: gettext("Uploading"),
  paused: gettext("Paused"),
  canceled: gettext("Canceled"),
  failed: gettext("Failed"),
  ready: gettext("Ready"),
};
const BADGE_STATUS = { sending: "uploading", failed: "failed", ready: "ready", processing: "processing" };

const button = (label, name, attributes = {}, ...before) => el("button", { class: "btn btn-small", type: "button", [`data-${name}`]: true, ...attributes }, ...before, label);

/** @param {any} item */
function parts(item) {
  const name = el("a", { class: "upload-name clamp-1", dir: "auto", "data-edit": true });
  const plain = { class: "btn btn-small btn-plain" };
  return {
    name,
    badge: el("span", { class: "badge", role: "status", "data-badge": true }),
    progress: el("progress", { max: "1", value: "0", "aria-label": interpolate(gettext("Upload progress of %(name)s"), { name: item.file.name }) }),
    text: el("p", { class: "upload-text small soft", "data-text": true }),
    duplicate: el("div", { role: "status", "data-duplicate": true }),
    steps: el("ol", { class: "steps", "data-steps": true, hidden: true }),
    details: button(gettext("Edit details"), "details", {}, icon("edit")),
    watch: el("a", { class: "btn btn-small btn-primary", "data-watch": true }, gettext("Watch")),
    retry: button(gettext("Try again"), "retry", {}, icon("retry")),
    another: button(gettext("Choose another file"), "another", {}, icon("upload")),
    delete: button(gettext("Delete"), "delete", plain),
    pause: button(gettext("Pause"), "pause"),
    resume: button(gettext("Resume"), "resume", { class: "btn btn-small btn-primary" }),
    cancel: button(gettext("Cancel"), "cancel", plain),
    dismiss: button(gettext("Dismiss"), "dismiss", plain),
  };
}

async function remove(item, place) {
  const sure = await confirmAction(
    gettext("Delete this video?"),
    interpolate(gettext("This permanently deletes “%(title)s”."), { title: item.title || item.file.name }),
    gettext("Delete video"),
  );
  if (!sure) return;
  try {
    await item.delete();
  } catch (error) {
    place.textContent = errorText(error);
  }
}

function show(item, row, part) {
  const { state } = item;
  row.dataset.state = state;
  if (item.videoId) Object.assign(row.dataset, { video: item.videoId });
  part.name.textContent = item.title || item.file.name;
  if (item.videoId) part.name.href = `/studio/videos/${item.videoId}`;
  else part.name.removeAttribute("href");
  part.watch.href = `/watch/${item.videoId}`;
  const badge = BADGES[state] ?? STATUS_WORDS[item.job?.status] ?? gettext("Processing");
  if (part.badge.textContent !== badge) part.badge.textContent = badge;
  part.badge.dataset.status = BADGE_STATUS[state] ?? "";
  part.progress.value = item.progress;
  part.text.textContent = item.text;
  showDuplicate(part.duplicate, item.job?.duplicate_of);
  if (item.job?.steps) showSteps(part.steps, item.job.steps);
  const isOver = ["ready", "failed", "canceled"].includes(state);
  for (const [name, isShown] of Object.entries({
    progress: !isOver,
    details: Boolean(item.videoId) && !item.isHopeless && !item.isGone,
    watch: state === "ready" || Boolean(item.job?.playable),
    retry: (state === "failed" || state === "canceled") && !item.isHopeless && !item.isGone,
    another: item.isHopeless,
    delete: item.isHopeless,
    pause: state === "sending",
    resume: state === "paused",
    cancel: item.isUnfinished,
    dismiss: state === "ready" || state === "canceled" || item.isGone || (state === "processing" && item.isPublished),
  })) part[name].hidden = !isShown;
}

/**
 * Return the row of an upload. It follows the upload, and leaves with it.
 *
 * @param {import("./item.js").UploadItem} item
 */
export function rowOf(item) {
  const part = parts(item);
  const { name, badge, progress, text, duplicate, steps, ...buttons } = part;
  const row = el("li", { class: "upload" }, el("div", { class: "upload-head" }, name, badge), progress, text, duplicate, steps, el("div", { class: "row" }, ...Object.values(buttons)));
  part.details.addEventListener("click", () => openDetails(item));
  part.retry.addEventListener("click", () => item.retry());
  part.another.addEventListener("click", () => pickFiles(async ([file]) => {
    if (file && await queue.replace(item.videoId, file)) item.dismiss();
  }));
  part.delete.addEventListener("click", () => remove(item, text));
  part.pause.addEventListener("click", () => item.pause());
  part.resume.addEventListener("click", () => item.resume());
  part.cancel.addEventListener("click", () => item.cancel());
  part.dismiss.addEventListener("click", () => item.dismiss());
  item.addEventListener("change", () => show(item, row, part));
  item.addEventListener("gone", () => row.remove());
  show(item, row, part);
  return row;
}
