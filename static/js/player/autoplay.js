// Autoplay: what browsers and viewers allow, and the muted start where the browser refuses sound.
import { whenVisible } from "../api.js";
import { gettext } from "../i18n.js";
import { el, icon } from "../ui.js";

const muted = new WeakSet();

/** Whether the video was muted by the browser's autoplay policy or the embedding page, and not by the viewer. */
export const startedMuted = (video) => muted.has(video);

/** Whether the viewer asked to save data: then nothing autoplays. */
export function prefersReducedData() {
  return navigator.connection?.saveData === true || matchMedia("(prefers-reduced-data: reduce)").matches;
}

/** Mute the video without storing that for the next one. */
export function startMuted(video) {
  muted.add(video);
  video.muted = true;
  video.addEventListener("volumechange", () => {
    if (!video.muted) muted.delete(video);
  });
}

function offerUnmute(frame, video) {
  const button = el("button", { class: "unmute", type: "button", "data-unmute": true }, icon("volume-off"), gettext("Tap to unmute"));
  const follow = () => {
    if (video.muted) return;
    button.remove();
    video.removeEventListener("volumechange", follow);
  };
  button.addEventListener("click", () => {
    video.muted = false;
    if (video.volume === 0) video.volume = 1;
    if (video.paused) video.play().catch(() => {});
  });
  video.addEventListener("volumechange", follow);
  frame.append(button);
}

/**
 * Play `video`. Where the browser refuses sound, play muted and lay a "Tap to unmute" button over `frame`. Resolve to
 * whether it plays.
 */
export async function playOrMute(frame, video) {
  try {
    await video.play();
    return true;
  } catch (error) {
    if (error.name !== "NotAllowedError" || video.muted) return false;
  }
  startMuted(video);
  offerUnmute(frame, video);
  try {
    await video.play();
    return true;
  } catch (error) {
    // Any other error comes from setting the source, after which playback resumes.
    if (error.name !== "NotAllowedError") return !video.paused;
    video.muted = false;
    return false;
  }
}

/** Call `playOrMute` once the page is visible. A tab opened in the background stays silent. */
export async function autoplay(frame, video) {
  await whenVisible();
  return playOrMute(frame, video);
}
