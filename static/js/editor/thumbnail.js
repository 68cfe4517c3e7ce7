// The thumbnail's section: a scrubber over the storyboard, the player's frame, and a look at an image before it is sent.
import { gettext } from "../i18n.js";
import { el, toast } from "../ui.js";
import { Storyboard } from "./storyboard.js";
import { formatTime, parseTime } from "./times.js";

/** @typedef {import("./preview.js").Preview} Preview */

const MAX_BYTES = 10 * 1024 ** 2;
const SETTLE_MS = 250;

/** @param {HTMLElement} section @param {string} value */
function choose(section, value) {
  const radio = /** @type {HTMLInputElement | null} */ (section.querySelector(`[name=thumbnail][value="${value}"]`));
  if (!radio || radio.checked) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {HTMLElement} section @param {Preview} preview @param {string | undefined} storyboardUrl */
function bindScrubber(section, preview, storyboardUrl) {
  const range = /** @type {HTMLInputElement | null} */ (section.querySelector("[data-scrub-range]"));
  const field = /** @type {HTMLInputElement | null} */ (section.querySelector("[name=thumbnail_at]"));
  if (!range || !field) return;
  const storyboard = new Storyboard(storyboardUrl);
  const canvas = el("canvas", { width: "320", height: "180" });
  let timer = 0;

  /** @param {number} seconds @param {{ isExact?: boolean }} [options] */
  function show(seconds, { isExact = false } = {}) {
    if (!canvas.isConnected) section.querySelector("[data-frame-shown]")?.replaceChildren(canvas);
    canvas.dataset.at = String(seconds);
    range.value = String(seconds);
    range.setAttribute("aria-valuetext", formatTime(seconds, true));
    if (isExact && preview.draw(canvas)) return;
    storyboard.draw(canvas, seconds);
    clearTimeout(timer);
    timer = setTimeout(() => {
      preview.video.addEventListener("seeked", () => {
        if (Math.abs(preview.time - seconds) < 0.5) preview.draw(canvas);
      }, { once: true });
      preview.seek(seconds);
    }, SETTLE_MS);
  }

  /** @param {number} seconds @param {{ isExact?: boolean }} [options] */
  function pick(seconds, options) {
    field.value = formatTime(seconds, true);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    choose(section, "frame");
    show(seconds, options);
  }

  range.addEventListener("input", () => {
    preview.video.pause();
    pick(Number(range.value));
  });
  section.querySelector("[data-scrub-now]")?.addEventListener("click", () => {
    preview.video.pause();
    pick(Math.min(preview.time, Number(range.max)), { isExact: true });
  });
  field.addEventListener("change", () => {
    const seconds = parseTime(field.value);
    if (seconds !== null) pick(Math.min(seconds, Number(range.max)));
  });
  section.addEventListener("change", (event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    if (name === "thumbnail" && value === "frame" && !field.value) pick(Math.min(preview.time, Number(range.max)));
  });
  // A draft may have brought back a time, but not the choice of it.
  if (!section.querySelector("[name=thumbnail][value=frame]:checked")) field.value = "";
  const seconds = parseTime(field.value);
  if (seconds !== null) show(seconds);
}

/** @param {HTMLElement} section */
function bindImage(section) {
  const input = /** @type {HTMLInputElement} */ (section.querySelector("[type=file]"));
  const frame = section.querySelector("[data-image-shown]");
  let url = "";
  input.addEventListener("change", () => {
    const file = input.files[0];
    if (file && file.size > MAX_BYTES) {
      input.value = "";
      toast(gettext("Choose an image of up to 10 MB."), { level: "error" });
      return;
    }
    if (url) URL.revokeObjectURL(url);
    url = file ? URL.createObjectURL(file) : "";
    if (!file) return;
    frame.replaceChildren(el("img", { src: url, alt: "", width: "320", height: "180" }));
    choose(section, "image");
  });
  section.addEventListener("change", (event) => {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    if (name !== "thumbnail") return;
    const hasImage = input.files.length || section.querySelector("[data-unsaved]");
    if (value === "") {
      // A file or a time that comes without another choice counts as one.
      input.value = "";
      const at = /** @type {HTMLInputElement | null} */ (section.querySelector("[name=thumbnail_at]"));
      if (at) at.value = "";
    } else if (value === "image" && !hasImage) {
      input.click();
    }
  });
}

/** @param {HTMLElement} section @param {Preview | null} preview @param {string} [storyboardUrl] */
export function bindThumbnail(section, preview, storyboardUrl) {
  if (preview) bindScrubber(section, preview, storyboardUrl);
  bindImage(section);
}
