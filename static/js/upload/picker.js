// Opens the browser's dialog for files.
import { el } from "../ui.js";

/**
 * Have files chosen, and call `onFiles`. Call this from a click. The upload page's own field knows the endings.
 *
 * @param {(files: File[]) => void} onFiles
 * @param {{ multiple?: boolean }} [options]
 */
export function pickFiles(onFiles, { multiple = false } = {}) {
  const known = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-file]"));
  const input = el("input", { type: "file", multiple, accept: known?.accept || "video/*,audio/*,.mkv,.ts,.m2ts,.mts,.mxf" });
  input.addEventListener("change", () => onFiles([...input.files]));
  input.click();
}
