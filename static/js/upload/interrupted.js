// "Choose the file again" and "Discard" of interrupted uploads: on the upload page, in the studio's table, and on the
// video's editor. The file has to be the one that was begun: its name and size tell.
import { errorText } from "../api.js";
import { confirmAction } from "../dialog.js";
import { gettext, interpolate } from "../i18n.js";
import { toast } from "../ui.js";
import { size } from "./texts.js";
import { findDraft, forgetUpload } from "./transfer.js";

/** Remove the box, with the list around it once that is empty, or the row of a video that is gone. */
function remove(box, { withVideo }) {
  const entry = box.closest("li");
  const section = box.closest("[data-unfinished]");
  if (section || withVideo) entry?.remove();
  box.remove();
  if (section && !section.querySelector("li")) section.hidden = true;
}

async function resume(box, file) {
  const { name, length, uploadId, unfinishedVideo } = box.dataset;
  if (file.name !== name || file.size !== Number(length)) {
    const wanted = { name, size: size(Number(length)) };
    toast(interpolate(gettext("This is another file. Choose “%(name)s” (%(size)s) to resume."), wanted), { level: "error" });
    return;
  }
  const [{ queue }] = await Promise.all([import("./queue.js"), import("./dock.js")]);
  if (queue.itemOf(unfinishedVideo)) return;
  try {
    const draft = await findDraft(`/api/v1/uploads/${uploadId}`);
    if (!draft) throw new Error(gettext("This upload has expired. Upload the file again."));
    const title = box.closest("[data-title]")?.dataset.title ?? "";
    queue.add([file], { draft, title: title || box.parentElement.querySelector(".upload-name")?.textContent || "" });
    remove(box, { withVideo: false });
  } catch (error) {
    toast(errorText(error), { level: "error" });
  }
}

async function discard(box) {
  const sure = await confirmAction(gettext("Discard this upload?"), gettext("The uploaded part will be deleted."), gettext("Discard"));
  if (!sure) return;
  try {
    await forgetUpload(box.dataset.uploadId);
    remove(box, { withVideo: true });
  } catch (error) {
    toast(errorText(error), { level: "error" });
  }
}

/** Remove what continues in this page's queue. */
export function dropContinued(videoId) {
  const box = document.querySelector(`[data-unfinished-video="${videoId}"]`);
  if (box) remove(box, { withVideo: false });
}

document.addEventListener("change", (event) => {
  const field = /** @type {any} */ (event.target);
  if (!field.matches("[data-resume-file]") || !field.files.length) return;
  resume(field.closest("[data-unfinished-video]"), field.files[0]);
  field.value = "";
});
document.addEventListener("click", (event) => {
  const box = /** @type {Element} */ (event.target).closest("[data-forget]")?.closest("[data-unfinished-video]");
  if (box) discard(box);
});
