// Uploads in the studio: files dropped anywhere, interrupted ones, and another file in the place of a hopeless one.
import { acceptDrops } from "./upload/drop.js";
import "./upload/interrupted.js";
import { pickFiles } from "./upload/picker.js";
import { style } from "./ui.js";

style("components/upload");
acceptDrops(async (files) => {
  const { beginUploads } = await import("./upload/begin.js");
  beginUploads(files);
});

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest("[data-replace-video]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  pickFiles(async ([file]) => {
    if (!file) return;
    const { queue } = await import("./upload/queue.js");
    await import("./upload/dock.js");
    const item = await queue.replace(/** @type {HTMLElement} */ (link).dataset.replaceVideo, file);
    if (item) link.closest("[data-row]")?.remove();
  });
});
