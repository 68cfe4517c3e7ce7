// Playing without being asked: what browsers and viewers allow, and the muted start where sound is refused.
import { whenVisible } from "../api.js";
import { el, icon } from "../ui.js";

const muted = new WeakSet();

/** Whether the sound is off for this video only: the browser refused to start with it, or the embedding page did not want it. */
export const startedMuted = (video) => muted.has(video);

/** Whether the viewer asked to save data: then nothing starts by itself. */
export function savesData() {
  return navigator.connection?.saveData === true || matchMedia("(prefers-reduced-data: reduce)").matches;
}

/** Start without sound, and without remembering that for the next video. */
export function startMuted(video) {
  muted.add(video);
  video.muted = true;
  video.addEventListener("volumechange", () => {
    if (!video.muted) muted.delete(video);
  });
}

function offerSound(frame, video) {
  const button = el("button", { class: "unmute", type: "button", "data-unmute": true }, icon("volume-off"), "Tap to unmute");
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
 * Play `video`. Where the browser refuses to start with sound, play muted and lay a "Tap to unmute" button over `frame`.
 * Resolves to whether it plays.
 */
export async function playOrMute(frame, video) {
  try {
    await video.play();
    return true;
  } catch (error) {
    if (error.name !== "NotAllowedError" || video.muted) return false;
  }
  startMuted(video);
  offerSound(frame, video);
  try {
    await video.play();
    return true;
  } catch (error) {
    // Anything else is the source being set, after which playing resumes.
    if (error.name !== "NotAllowedError") return !video.paused;
    video.muted = false;
    return false;
  }
}

/** Play once the page is looked at, as `playOrMute` does. A tab opened in the background stays silent. */
export async function autoplay(frame, video) {
  await whenVisible();
  return playOrMute(frame, video);
}
