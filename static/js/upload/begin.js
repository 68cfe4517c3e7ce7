// Chosen or dropped files: they are queued, and the dialog opens for each of them in turn.
import "./dock.js";
import { openDetails } from "./details.js";
import { queue } from "./queue.js";

/**
 * Open the dialog for the first of the uploads that is not described yet, and after it for the next one.
 *
 * @param {import("./item.js").UploadItem[]} items
 */
function describe(items) {
  const item = items.find((one) => !one.isPublished && one.state !== "failed" && one.state !== "canceled");
  if (!item) return;
  const next = () => describe(items.filter((one) => one !== item));
  if (item.videoId) {
    openDetails(item, { next });
    return;
  }
  item.addEventListener("change", function look() {
    if (!item.videoId && item.state === "preparing") return;
    item.removeEventListener("change", look);
    if (item.videoId && !item.isResumed) openDetails(item, { next });
    else next();
  });
}

/** @param {Iterable<File>} files */
export function beginUploads(files) {
  const items = queue.add(files);
  describe(items);
}
