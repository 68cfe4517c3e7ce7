// Polls a video that is being processed until a first quality can be played.
import { api, sleep, whenVisible } from "../api.js";
import { gettext, interpolate } from "../i18n.js";
import { percent } from "../locale.js";

const FIRST_WAIT = 1500;
const MAX_WAIT = 10_000;

const TITLES = {
  uploading: gettext("Still uploading"),
  queued: gettext("Processing your video…"),
  processing: gettext("Almost ready"),
};

const reload = { label: gettext("Reload page"), run: () => location.reload() };

function showProgress(screen, video) {
  screen.show({
    title: TITLES[video.status] ?? TITLES.processing,
    text: interpolate(gettext("%(percent)s done. Playback starts automatically when a version is ready."), { percent: percent(video.progress ?? 0) }),
    progress: video.progress ?? 0,
  });
}

/** Whether an owner's video waits for space on the disk. Others are not told. */
async function isWaitingForSpace(video) {
  if (video.status !== "queued" || !video.viewer?.can_edit) return false;
  const { data } = await api("GET", `/videos/${encodeURIComponent(video.id)}/processing`);
  return data.waiting_for === "space";
}

function showWaiting(screen) {
  screen.show({
    title: TITLES.queued,
    text: gettext("Waiting for free space on the server. Processing starts automatically."),
  });
}

function showFailure(screen, video) {
  const sentences = [video.failure?.detail ?? gettext("Couldn't read the file.")];
  if (video.failure?.retryable) sentences.push(gettext("The owner can retry it in Studio."));
  screen.show({
    title: gettext("Processing failed"),
    text: sentences.join(" "),
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
      if (await isWaitingForSpace(data)) showWaiting(screen);
      else showProgress(screen, data);
      wait = Math.min(wait * 1.25, MAX_WAIT);
    } catch (error) {
      if (error.status === 404) {
        screen.show({ title: gettext("This video is no longer available"), text: gettext("It was removed or made private."), action: reload });
        return null;
      }
      wait = Math.max(error.retryAfter * 1000, MAX_WAIT);
    }
    await sleep(wait);
  }
}
