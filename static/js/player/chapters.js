// Chapters: on the time bar, in the control bar, and the list below the player that follows along.

function chapterAt(chapters, time) {
  let found = -1;
  chapters.forEach(({ start }, index) => {
    if (time >= start - 0.05) found = index;
  });
  return found;
}

/** A cue's text is WebVTT, and who shows it reads markup in it: a title that holds some stays as it was typed. */
const asCueText = (title) => title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** Adds the chapters of a json_script element as a text track, which the time bar shows. */
export function addChapters(video, element) {
  if (!element) return [];
  const chapters = JSON.parse(element.textContent);
  const track = video.addTextTrack("chapters", "Chapters");
  track.mode = "hidden";
  chapters.forEach(({ start, title }, index) => {
    const end = chapters[index + 1]?.start ?? Number.MAX_SAFE_INTEGER;
    if (end > start) track.addCue(new VTTCue(start, end, asCueText(title)));
  });
  return chapters;
}

/** Marks the chapter that plays in the list and names it in the control bar. */
export function followChapters(frame, video, chapters) {
  if (!chapters.length) return;
  const links = [...document.querySelectorAll("[data-chapters] [data-seek]")];
  const label = frame.querySelector("[data-chapter-now]");
  let shown = null;
  const show = () => {
    const now = chapterAt(chapters, video.currentTime);
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
