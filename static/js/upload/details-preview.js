// Preview and thumbnails of the upload dialog: from the file itself while it is being sent, later from the server.
import { api, csrfToken, errorFrom, errorText } from "../api.js";
import { gettext, interpolate } from "../i18n.js";
import { number } from "../locale.js";
import { el } from "../ui.js";
import { framesOf } from "./frames.js";

/**
 * Set the thumbnail to an image. Rejects with an `ApiError`.
 *
 * @param {string} videoId
 * @param {Blob} image
 */
async function setThumbnail(videoId, image) {
  const body = new FormData();
  body.set("file", image, "thumbnail.jpg");
  const response = await fetch(`/api/v1/videos/${videoId}/thumbnail`, {
    method: "PUT",
    headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang || "en", "X-CSRFToken": csrfToken() },
    body,
  });
  if (!response.ok) throw errorFrom(response.status, await response.text(), response.headers.get("Retry-After"));
}

/** Offer the frames as thumbnails. */
function showFrames(place, frames, urlOf, choose) {
  place.replaceChildren(...frames.map((frame, index) => {
    const label = interpolate(gettext("Use frame %(number)s as the thumbnail"), { number: number(index + 1) });
    const button = el("button", { class: "upload-frame", type: "button", "aria-pressed": "false", "aria-label": label }, el("img", { src: urlOf(frame), alt: "", width: "160", height: "90" }));
    button.addEventListener("click", () => choose(frame, button));
    return button;
  }));
}

/** Show the server's thumbnail where the browser could not decode the file. */
async function showFromServer(item, preview) {
  const { data } = await api("GET", `/videos/${item.videoId}`);
  if (data.thumbnail_url && preview.isConnected) preview.replaceChildren(el("img", { src: data.thumbnail_url, alt: gettext("Current thumbnail") }));
}

/**
 * Show a preview of the file, and thumbnails to choose from, until the returned function is called.
 *
 * @param {import("./item.js").UploadItem} item
 * @param {any} form
 */
export function showPreview(item, form) {
  const preview = form.querySelector("[data-preview]");
  const place = form.querySelector("[data-frames]");
  const status = form.querySelector("[data-image-status]");
  const urls = [];
  const urlOf = (/** @type {Blob} */ blob) => {
    urls.push(URL.createObjectURL(blob));
    return urls.at(-1);
  };
  const choose = async (/** @type {Blob} */ image, /** @type {Element | null} */ button) => {
    status.textContent = gettext("Saving…");
    try {
      await setThumbnail(item.videoId, image);
      for (const one of place.children) one.setAttribute("aria-pressed", String(one === button));
      status.textContent = button ? gettext("Saved") : gettext("Your image is the thumbnail.");
    } catch (error) {
      status.textContent = errorText(error);
    }
  };
  const url = urlOf(item.file);
  const player = el("video", { src: url, controls: true, muted: true, playsinline: true, preload: "metadata", "aria-label": gettext("Preview") });
  player.addEventListener("loadedmetadata", () => preview.replaceChildren(player), { once: true });
  framesOf(url).then((frames) => { if (form.isConnected) showFrames(place, frames, urlOf, choose); });
  form.querySelector("[data-image]").addEventListener("change", ({ currentTarget }) => {
    const [image] = currentTarget.files;
    if (image) choose(image, null);
    currentTarget.value = "";
  });
  let isFetched = false;
  const look = () => {
    if (isFetched || !item.job?.playable || preview.contains(player)) return;
    isFetched = true;
    showFromServer(item, preview).catch(() => { isFetched = false; });
  };
  item.addEventListener("change", look);
  return () => {
    item.removeEventListener("change", look);
    player.removeAttribute("src");
    for (const one of urls) URL.revokeObjectURL(one);
  };
}
