// Polls a video that is being processed until a first quality can be played.
import { api, sleep, whenVisible } from "../api.js";

const FIRST_WAIT = 1500;
const MAX_WAIT = 10_000;

const TITLES = {
  uploading: "Still uploading",
  queued: "Processing your video…",
  processing: "Almost ready",
};

const reload = { label: "Reload the page", run: () => location.reload() };

function showProgress(screen, video) {
  const percent = Math.round((video.progress ?? 0) * 100);
  screen.show({
    title: TITLES[video.status] ?? "Almost ready",
    text: `${percent}% done. Playback starts automatically when a version is ready.`,
    progress: video.progress ?? 0,
  });
}

function showFailure(screen, video) {
  screen.show({
    title: "Processing failed",
    text: `${video.failure?.detail ?? "The file could not be read."}${video.failure?.retryable ? " The owner can retry it in Studio." : ""}`,
    isHopeless: video.failure?.retryable === false,
  });
}

/** Resolve to the video once it has an `hls_url`, to null when processing failed or the video was removed. */
export async function waitUntilPlayable(id, screen) {
  let wait = FIRST_WAIT;
  for (;;) {
    await whenVisible();
    try {
      const { data } = await api("GET", `/videos/${encodeURIComponent(id)}`);
      if (data.hls_url) return data;
      if (data.status === "failed") {
        showFailure(screen, data);
        return null;
      }
      showProgress(screen, data);
      wait = Math.min(wait * 1.25, MAX_WAIT);
    } catch (error) {
      if (error.status === 404) {
        screen.show({ title: "This video is no longer available", text: "It was removed or made private.", action: reload });
        return null;
      }
      wait = Math.max(error.retryAfter * 1000, MAX_WAIT);
    }
    await sleep(wait);
  }
}
