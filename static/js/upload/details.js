// The upload dialog: the details of a video, written while its bytes flow. They are saved as they are typed; who may see
// the video is chosen last, by the button.
import { errorText } from "../api.js";
import { gettext } from "../i18n.js";
import { el, icon, style, toast } from "../ui.js";
import { Autosave } from "./details-autosave.js";
import { showPreview } from "./details-preview.js";
import { showState } from "./details-state.js";
import { Visibility } from "./details-visibility.js";

let open = null;

/**
 * Return the form of a video's details, as the server renders it.
 *
 * @param {string} videoId
 * @returns {Promise<any>}
 */
async function loadForm(videoId) {
  const response = await fetch(`/upload/${videoId}`, { headers: { "HX-Request": "true" } });
  if (!response.ok) throw new Error(gettext("Couldn't load the details. Try again."));
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const form = template.content.querySelector("form[data-details]");
  if (!form) throw new Error(gettext("Sign in again to edit the details."));
  return form;
}

/** Return a modal dialog around the form. */
function dialogOf(form, title) {
  const close = el("button", { class: "icon-btn", type: "button", "aria-label": gettext("Close"), "data-close": true }, icon("close"));
  const heading = el("h2", { id: "upload-dialog-title", class: "clamp-1", dir: "auto" }, title);
  const dialog = el("dialog", { class: "upload-dialog", "aria-labelledby": heading.id }, el("div", { class: "dialog-head" }, heading, close), form);
  close.addEventListener("click", () => dialog.close());
  document.body.append(dialog);
  return { dialog, heading };
}

/** Show next to the form's fields why a change was refused, or remove what was shown. */
function showProblems(form, error) {
  for (const place of form.querySelectorAll("[data-problem]")) place.remove();
  const fields = Object.entries(error?.fields ?? {});
  for (const [name, sentences] of fields) {
    const field = form.querySelector(`[name="${name}"], [data-field="${name}"]`)?.closest(".field") ?? form.querySelector("[data-visibility]");
    field.append(el("p", { class: "errors", role: "alert", "data-problem": true }, sentences.join(" ")));
  }
  if (error && !fields.length) form.querySelector("[data-visibility]").append(el("p", { class: "errors", role: "alert", "data-problem": true }, errorText(error)));
}

async function publish(item, form, autosave, visibility) {
  const button = form.querySelector("[data-publish]");
  button.disabled = true;
  try {
    visibility.requireTime();
    const { title } = await autosave.send(visibility.changes());
    showProblems(form, null);
    item.describe({ title, isPublished: true });
    toast(visibility.outcome());
    return true;
  } catch (error) {
    showProblems(form, error);
    form.querySelector("[data-problem]")?.closest(".field, [data-visibility]")?.querySelector("input, textarea, select")?.focus();
    return false;
  } finally {
    button.disabled = false;
  }
}

/**
 * Open the dialog for an upload that has a draft. `next` is called once it was published.
 *
 * @param {import("./item.js").UploadItem} item
 * @param {{ next?: () => void }} [options]
 */
export async function openDetails(item, { next } = {}) {
  if (!item.videoId || open) return;
  open = item;
  try {
    await Promise.all([style("components/forms"), style("components/upload")]);
    const form = await loadForm(item.videoId);
    const { dialog, heading } = dialogOf(form, item.title || item.file.name);
    const autosave = new Autosave(item, form, (error) => showProblems(form, error));
    const visibility = new Visibility(form);
    const stops = [showState(item, form), showPreview(item, form)];
    form.elements.title.addEventListener("input", () => { heading.textContent = form.elements.title.value.trim() || item.file.name; });
    form.querySelector("[data-playlists]").addEventListener("click", async ({ currentTarget }) => {
      const { openSaveDialog } = await import("../playlists.js");
      openSaveDialog(item.videoId, currentTarget);
    });
    let isPublished = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      isPublished = await publish(item, form, autosave, visibility);
      if (isPublished) dialog.close();
    });
    // Deleted or canceled meanwhile, in another tab or in its row.
    const gone = () => dialog.close();
    item.addEventListener("gone", gone);
    dialog.addEventListener("close", () => {
      autosave.flush();
      for (const stop of stops) stop();
      item.removeEventListener("gone", gone);
      dialog.remove();
      open = null;
      if (isPublished) next?.();
    });
    dialog.showModal();
    form.elements.title.focus();
    form.elements.title.select();
  } catch (error) {
    open = null;
    toast(error.message, { level: "error" });
  }
}
