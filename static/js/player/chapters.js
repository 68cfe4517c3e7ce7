// Chapters on the time bar, in the control bar, and in the list below the player.
import { gettext } from "../i18n.js";

/** @typedef {{ start: number, title: string }} Chapter */

/**
 * Return the index of the chapter at `time`, or -1 before the first one.
 *
 * @param {Chapter[]} chapters
 * @param {number} time
 */
function chapterIndexAt(chapters, time) {
  let found = -1;
  chapters.forEach(({ start }, index) => {
    if (time >= start - 0.05) found = index;
  });
  return found;
}

/**
 * Escape a title for a cue, whose text is WebVTT: markup in a title is shown as it was typed.
 *
 * @param {string} title
 */
const asCueText = (title) => title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/**
 * Add the chapters of a json_script element as a text track, which the time bar shows, and return them.
 *
 * @param {HTMLVideoElement} video
 * @param {HTMLElement | null} element
 * @returns {Chapter[]}
 */
export function addChapters(video, element) {
  if (!element) return [];
  /** @type {Chapter[]} */
  const chapters = JSON.parse(element.textContent);
  const track = video.addTextTrack("chapters", gettext("Chapters"));
  track.mode = "hidden";
  chapters.forEach(({ start, title }, index) => {
    const end = chapters[index + 1]?.start ?? Number.MAX_SAFE_INTEGER;
    if (end > start) track.addCue(new VTTCue(start, end, asCueText(title)));
  });
  return chapters;
}

/**
 * Mark the current chapter in the list and name it in the control bar.
 *
 * @param {HTMLElement} frame
 * @param {HTMLVideoElement} video
 * @param {Chapter[]} chapters
 */
export function followChapters(frame, video, chapters) {
  if (!chapters.length) return;
  const links = [...document.querySelectorAll("[data-chapters] [data-seek]")];
  const label = frame.querySelector("[data-chapter-now]");
  /** @type {number | null} */
  let shown = null;
  const show = () => {
    const now = chapterIndexAt(chapters, video.currentTime);
    if (now === shown) return;
    shown = now;
    links.forEach((link, index) => {
      if (index === now) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    if (label) label.textContent = chapters[now]?.title ?? "";
  };
  video.addEventListener("timeupdate", show);
  video.addEventListener("seeking", show);
  show();
}
