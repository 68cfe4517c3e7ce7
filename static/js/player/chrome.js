// The controls: media-chrome's elements around the plain <video>.
import { linesOf } from "./renditions.js";

/**
 * Show 11.999999 as 0:12. At the end of a stream the browser cuts the length to the last sample's end, which it counts in
 * whole microseconds, and the displays cut off all but the whole seconds.
 */
function showWholeSeconds(display) {
  for (const name of ["mediaCurrentTime", "mediaDuration"]) {
    const { get, set } = Object.getOwnPropertyDescriptor(display.constructor.prototype, name);
    Object.defineProperty(display, name, {
      get() {
        const seconds = get.call(this);
        return Number.isFinite(seconds) ? Math.round(seconds * 100) / 100 : seconds;
      },
      set,
    });
  }
}

/** Wrap `video` in the controls. Resolves to false when they could not be loaded: then the browser's own show. */
export async function buildChrome(frame, video) {
  try {
    await import("../../vendor/media-chrome-4.19.4/media-chrome.player.min.js");
  } catch {
    video.controls = true;
    return false;
  }
  const chrome = document.getElementById("player-chrome").content.cloneNode(true);
  const controller = chrome.querySelector("media-controller");
  const captions = video.querySelectorAll("track:is([kind=captions], [kind=subtitles])");
  frame.dataset.captions = String(captions.length);
  // Until a source is there, the length is known from the page alone.
  const seconds = Number(frame.dataset.duration);
  if (seconds > 0) controller.setAttribute("defaultduration", String(seconds));
  video.slot = "media";
  frame.prepend(chrome);
  // Not before: the element names itself when it is connected.
  controller.setAttribute("aria-label", frame.dataset.title);
  showWholeSeconds(frame.querySelector("media-time-display"));
  controller.append(video);
  // The frame and not the controls alone, so that a message laid over them shows in full screen too. An attribute
  // would be looked up by id in the template's fragment, where the frame is not.
  controller.fullscreenElement = frame;
  // "Auto (1080p)" as the qualities are named, where media-chrome would take the height of a widescreen film.
  frame.querySelector("media-rendition-menu").formatMenuItemText = (text) => (
    text.replace(/\d+p\)$/, `${linesOf({ width: video.videoWidth, height: video.videoHeight })}p)`)
  );
  // It reports aria-checked, which a plain button may not have.
  frame.querySelector("media-captions-button").setAttribute("role", "switch");
  frame.querySelector("[data-caption-style]").addEventListener("click", async () => {
    const { styleCaptions } = await import("./caption-style.js");
    styleCaptions(video);
  });
  return true;
}
