// Files dropped anywhere in the window.
import { gettext } from "../i18n.js";
import { el, icon } from "../ui.js";

const hasFiles = (/** @type {DragEvent} */ event) => [...event.dataTransfer?.types ?? []].includes("Files");

/**
 * Call `onFiles` with files that are dropped on the page, and say so while they are over it.
 *
 * @param {(files: File[]) => void} onFiles
 */
export function acceptDrops(onFiles) {
  const veil = el("div", { class: "drop-veil", hidden: true }, icon("upload"), el("p", {}, gettext("Drop videos to upload")));
  document.body.append(veil);
  const accepts = (/** @type {DragEvent} */ event) => hasFiles(event) && !document.querySelector("dialog[open]");
  document.addEventListener("dragenter", (event) => { veil.hidden = !accepts(event); });
  // Otherwise the browser would show the file instead of the page.
  document.addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) veil.hidden = true; });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    if (accepts(event)) onFiles([...event.dataTransfer.files]);
  });
}
