// Messages for a source that cannot be loaded or decoded.
import { gettext } from "../i18n.js";

/** @typedef {import("./message-screen.js").MessageScreen} MessageScreen */

const reload = { label: gettext("Reload page"), run: () => location.reload() };

/**
 * Explain a failed request on `screen`. `status` is 0 when no answer came; `retry` tries again.
 *
 * @param {MessageScreen} screen
 * @param {number | undefined} status
 * @param {() => void} retry
 */
export function explainLoading(screen, status, retry) {
  if (status === 403 || status === 404 || status === 410) {
    screen.show({
      title: gettext("This video is no longer available"),
      text: gettext("The link has expired, or the video was removed or made private. Reload the page to check."),
      action: reload,
    });
    return;
  }
  screen.show({
    title: gettext("Connection lost"),
    text: gettext("Check your network and try again. Playback will resume."),
    action: { label: gettext("Try again"), run: retry },
  });
}

/** @param {MessageScreen} screen */
export function explainDecoding(screen) {
  screen.show({
    title: gettext("This video can't be played"),
    text: gettext("Your browser couldn't decode it. Reload the page, or try an updated or different browser."),
    action: reload,
  });
}

/** @param {MessageScreen} screen */
export function explainUnsupported(screen) {
  screen.show({
    title: gettext("Your browser can't play this video"),
    text: gettext("It supports neither Media Source Extensions nor HLS. Use a current version of Firefox, Chrome, Edge, or Safari."),
    isUnsupported: true,
  });
}
