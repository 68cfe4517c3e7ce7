// The upload's side of the dialog: how far it is, its checks, and its processing.
import { gettext, interpolate } from "../i18n.js";
import { showSteps } from "../processing.js";
import { el } from "../ui.js";
import { showDuplicate } from "./duplicate.js";
import { size } from "./texts.js";

const STATE_TEXTS = { done: gettext("done"), running: gettext("in progress"), failed: gettext("failed"), waiting: gettext("waiting") };

/** Return the checks of an upload: `[label, state]`. */
function checksOf(item) {
  const { job } = item;
  const isInspected = job?.steps?.some(({ name, state }) => name === "inspect" && state === "done");
  const format = isInspected ? "done" : item.isHopeless ? "failed" : job ? "running" : "waiting";
  return [
    [interpolate(gettext("File size: %(size)s"), { size: size(item.file.size) }), "done"],
    // A draft exists only if the account has room for the file.
    [gettext("Storage space"), "done"],
    [gettext("Upload"), item.isSent ? "done" : item.state === "failed" ? "failed" : "running"],
    [gettext("File format and codecs"), format],
    [gettext("Duplicates"), job?.duplicate_of ? "failed" : format],
  ];
}

/**
 * Show an upload in the form, until the returned function is called.
 *
 * @param {import("./item.js").UploadItem} item
 * @param {any} form
 */
export function showState(item, form) {
  const part = (/** @type {string} */ name) => form.querySelector(`[data-${name}]`);
  let shown = "";
  part("file-name").textContent = item.file.name;
  const show = () => {
    part("dialog-progress").value = item.state === "ready" ? 1 : item.progress;
    part("dialog-text").textContent = item.text;
    part("dialog-text").dataset.state = item.state;
    const checks = checksOf(item);
    // Rebuild the list only when it changes, so that screen readers do not announce it again.
    if (JSON.stringify(checks) !== shown) {
      shown = JSON.stringify(checks);
      part("checks").replaceChildren(...checks.map(([label, state]) => (
        el("li", { "data-state": state }, label, el("span", { class: "visually-hidden" }, ` (${STATE_TEXTS[state]})`))
      )));
    }
    if (item.job?.steps) showSteps(part("dialog-steps"), item.job.steps);
    showDuplicate(part("dialog-duplicate"), item.job?.duplicate_of);
  };
  item.addEventListener("change", show);
  show();
  return () => item.removeEventListener("change", show);
}
