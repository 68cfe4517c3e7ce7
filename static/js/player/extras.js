// What surrounds playing: remembered volume and speed, chapters, links that seek, the playlist's next video.

const KEY = "player";
const CONTINUE = "player-continue";

function read(storage, key) {
  try {
    return JSON.parse(storage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function write(storage, key, value) {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    // Without storage nothing is remembered.
  }
}

/** Applies the volume, mute and speed of the last visit and keeps them up to date. */
export function recallSettings(video) {
  const saved = read(localStorage, KEY);
  if (saved.volume >= 0 && saved.volume <= 1) video.volume = saved.volume;
  if (typeof saved.muted === "boolean") video.muted = saved.muted;
  if (saved.rate >= 0.25 && saved.rate <= 4) {
    // Loading a source resets the speed to the default one.
    video.defaultPlaybackRate = saved.rate;
    video.playbackRate = saved.rate;
  }
  const save = () => write(localStorage, KEY, { volume: video.volume, muted: video.muted, rate: video.playbackRate });
  video.addEventListener("volumechange", save);
  video.addEventListener("ratechange", save);
}

/** Adds the chapters of a json_script element as a text track, which the time bar shows. */
export function addChapters(video, element) {
  if (!element) return;
  const chapters = JSON.parse(element.textContent);
  const track = video.addTextTrack("chapters", "Chapters");
  track.mode = "hidden";
  chapters.forEach(({ start, title }, index) => {
    const end = chapters[index + 1]?.start ?? Number.MAX_SAFE_INTEGER;
    if (end > start) track.addCue(new VTTCue(start, end, title));
  });
}

/** Lifts captions off the very bottom, where the control bar would cover them. */
export function raiseCaptions(video) {
  for (const element of video.querySelectorAll("track:is([kind=captions], [kind=subtitles])")) {
    element.addEventListener("load", () => {
      for (const cue of element.track.cues) {
        if (cue.line === "auto") cue.line = -4;
      }
    });
  }
}

export function seekLinks(video) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-seek]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    video.currentTime = Number(link.dataset.seek);
    video.play().catch(() => {});
    video.scrollIntoView({ block: "nearest" });
  });
}

/** Goes on to the playlist's next video at the end; true when this page was reached that way. */
export function continueQueue(video) {
  const current = document.querySelector("[data-queue] [aria-current]");
  const list = current?.parentElement;
  if (list) list.scrollTop = current.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const next = current?.nextElementSibling?.querySelector("a");
  if (next && current.closest("[data-queue]").dataset.autoplay !== "0") {
    video.addEventListener("ended", () => {
      write(sessionStorage, CONTINUE, { href: next.href });
      location.assign(next.href);
    });
  }
  const continued = read(sessionStorage, CONTINUE).href === location.href;
  write(sessionStorage, CONTINUE, {});
  return continued;
}
