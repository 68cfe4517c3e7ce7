// Smaller features of the player: stored volume and speed, links that seek, previews that are loaded when needed.
import { stored } from "../browser-storage.js";
import { startedMuted } from "./autoplay.js";
import { hashStartTime } from "./start-times.js";

const settings = stored("player");

/** Apply the stored volume, mute and speed, and store changes. */
export function recallSettings(video) {
  const saved = settings.read({});
  if (saved.volume >= 0 && saved.volume <= 1) video.volume = saved.volume;
  if (typeof saved.muted === "boolean") video.muted = saved.muted;
  if (saved.rate >= 0.25 && saved.rate <= 4) {
    // Loading a source resets the speed to the default.
    video.defaultPlaybackRate = saved.rate;
    video.playbackRate = saved.rate;
  }
  const save = () => {
    const muted = video.muted && !startedMuted(video);
    settings.write({ volume: video.volume, muted, rate: video.playbackRate });
  };
  video.addEventListener("volumechange", save);
  video.addEventListener("ratechange", save);
}

/** Make links with `data-seek` seek in the player. */
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

/** Follow `#t=90` when the address is changed while the page is open. */
export function seekByHash(video) {
  addEventListener("hashchange", () => {
    const asked = hashStartTime(location.hash);
    if (asked !== null) video.currentTime = asked;
  });
}

/** Load the time bar's preview images when the pointer first enters it, or when playback starts. */
export function loadPreviews(frame, video) {
  const element = video.querySelector("track[label=thumbnails]");
  if (!element) return;
  // A disabled track is not fetched. Adding the track later instead would make browsers choose captions again.
  const load = () => {
    if (element.track.mode === "disabled") element.track.mode = "hidden";
  };
  video.addEventListener("playing", load, { once: true });
  frame.querySelector("media-time-range")?.addEventListener("pointerenter", load, { once: true });
}
