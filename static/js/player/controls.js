// The player's controls: media-chrome's elements around the plain <video>.
import { chromeTexts, unknownTime } from "./chrome-texts.js";
import { qualityLines } from "./renditions.js";

/**
 * Show 11.999999 as 0:12. At the end of a stream the browser sets the duration to the last sample's end, in whole
 * microseconds, and the displays truncate to whole seconds.
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

/** Give the slider the time in words that the display has: media-chrome's says that nothing is loaded until it moves. */
function sayTime(display, slider) {
  const unknown = unknownTime();
  const observer = new MutationObserver(() => {
    const said = display.getAttribute("aria-description");
    // Setting a value that is there already is a change, too: while nothing is loaded this would go on for ever.
    if (said && said !== unknown && slider.getAttribute("aria-valuetext") === unknown) slider.setAttribute("aria-valuetext", said);
  });
  observer.observe(display, { attributes: true, attributeFilter: ["aria-description"] });
  observer.observe(slider, { attributes: true, attributeFilter: ["aria-valuetext"] });
}

/** Let the page answer to what the viewer does before the next part of the work. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

/** Wrap `video` in the controls. Resolve to false when they could not be loaded: then the browser's own are shown. */
export async function buildChrome(frame, video) {
  try {
    const { addTranslation } = await import("../../vendor/media-chrome-4.19.4/media-chrome.player.min.js");
    // Its fallback for every language of a browser. The page's own language is that of the catalog.
    addTranslation("en", chromeTexts());
    await breathe();
  } catch {
    video.controls = true;
    return false;
  }
  const chrome = document.getElementById("player-chrome").content.cloneNode(true);
  const controller = chrome.querySelector("media-controller");
  const captions = video.querySelectorAll("track:is([kind=captions], [kind=subtitles])");
  frame.dataset.captions = String(captions.length);
  // Without a source, the duration is known only from the page.
  const seconds = Number(frame.dataset.duration);
  if (seconds > 0) controller.setAttribute("defaultduration", String(seconds));
  // The menu is half of the work, and nobody opens it at once.
  const menu = controller.querySelector("media-settings-menu");
  const behindMenu = menu.nextElementSibling;
  menu.remove();
  video.slot = "media";
  frame.prepend(chrome);
  // After connecting, because the element then sets its own label.
  controller.setAttribute("aria-label", frame.dataset.title);
  showWholeSeconds(frame.querySelector("media-time-display"));
  sayTime(frame.querySelector("media-time-display"), frame.querySelector("media-time-range").range);
  controller.append(video);
  // The whole frame, so that messages laid over the controls show in full screen too. Set as a property: an attribute
  // would be looked up by id in the template's fragment, which does not contain the frame.
  controller.fullscreenElement = frame;
  await breathe();
  behindMenu.before(menu);
  // "Auto (1080p)" with the name of the quality, where media-chrome would show the height of a widescreen film.
  frame.querySelector("media-rendition-menu").formatMenuItemText = (text) => (
    text.replace(/\d+p\)$/, `${qualityLines({ width: video.videoWidth, height: video.videoHeight })}p)`)
  );
  // It sets aria-checked, which is not allowed on a plain button.
  frame.querySelector("media-captions-button").setAttribute("role", "switch");
  frame.querySelector("[data-caption-style]").addEventListener("click", async () => {
    const { styleCaptions } = await import("./caption-style.js");
    styleCaptions(video);
  });
  await breathe();
  return true;
}
