// Messages for a source that cannot be loaded or decoded.

/** @typedef {import("./message-screen.js").MessageScreen} MessageScreen */

const reload = { label: "Reload the page", run: () => location.reload() };

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
      title: "This video is no longer available",
      text: "The link has expired, or the video was removed or made private. Reload the page to check.",
      action: reload,
    });
    return;
  }
  screen.show({
    title: "Connection lost",
    text: "Check your network and try again. Playback will resume.",
    action: { label: "Try again", run: retry },
  });
}

/** @param {MessageScreen} screen */
export function explainDecoding(screen) {
  screen.show({
    title: "This video can't be played",
    text: "Your browser couldn't decode it. Reload the page, or try an updated or different browser.",
    action: reload,
  });
}

/** @param {MessageScreen} screen */
export function explainUnsupported(screen) {
  screen.show({
    title: "Your browser can't play this video",
    text: "It supports neither Media Source Extensions nor HLS. Use a current version of Firefox, Chrome, Edge, or Safari.",
  });
}
