// The player: waits for a video that is still processing, builds the controls, starts the source.
import { isBusy } from "./focus.js";
import { autoplay, playOrMute, prefersReducedData, startMuted } from "./player/autoplay.js";
import { setUpCaptions } from "./player/captions.js";
import { addChapters, followChapters } from "./player/chapters.js";
import { buildChrome } from "./player/controls.js";
import { bindEndScreen } from "./player/end-screen.js";
import { loadPreviews, recallSettings, seekByHash, seekLinks } from "./player/extras.js";
import { bindDoubleTap } from "./player/gestures.js";
import { sendHeartbeats } from "./player/heartbeat.js";
import { bindKeys } from "./player/keys.js";
import { bindMediaSession } from "./player/media-session.js";
import { bindMini } from "./player/mini-player.js";
import { hashStartTime } from "./player/start-times.js";
import { rememberPosition, startPosition } from "./player/position.js";
import { explainUnsupported } from "./player/error-messages.js";
import { wasContinued, showQueue } from "./player/queue.js";
import { isOn } from "./player/autoplay-settings.js";
import { isPlayable, Source } from "./player/source.js";
import { MessageScreen } from "./player/message-screen.js";
import { bindSwitches } from "./player/switches.js";
import { bindTheatre } from "./player/theater.js";
import { waitUntilPlayable } from "./player/await-processing.js";

/** Load the share dialog and the transcript on first use: few viewers open them. */
function bindExtras(frame, video) {
  document.querySelector("[data-share]")?.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { share } = await import("./player/share.js");
    share(frame, video);
  });
  const panel = document.querySelector("[data-transcript]");
  const toggle = document.querySelector("[data-transcript-toggle]");
  let isOpened = false;
  toggle?.addEventListener("click", async () => {
    if (isOpened) return;
    isOpened = true;
    try {
      const { Transcript } = await import("./player/transcript.js");
      new Transcript(panel, toggle, video, frame.dataset.videoId);
    } catch {
      isOpened = false;
    }
  });
}

/**
 * Set up the controls and the source. Nothing is fetched before playback starts. After waiting for the processing
 * (`hasWaited`) it starts automatically, unless the viewer is typing.
 */
async function start(frame, video, screen, { hasWaited }) {
  if (!isPlayable(video)) {
    explainUnsupported(screen);
    return;
  }
  screen.hide();
  recallSettings(video);
  if (frame.dataset.muted) startMuted(video);
  const chapters = addChapters(video, document.getElementById("video-chapters"));
  const startAt = startPosition(frame.dataset, Number(frame.dataset.duration) || 0);
  const isGrowing = frame.dataset.status !== "ready";
  // Before the controls, which look for the element's `videoRenditions` only once.
  const source = new Source(video, frame.dataset.hlsUrl, { startAt, isGrowing, screen });
  const isDisturbing = hasWaited && isBusy();
  const mustPlay = (hasWaited || wasContinued() || Boolean(frame.dataset.autoplay)) && !isDisturbing;
  const mayAutoplay = isOn(frame, "autoplay_open") && !prefersReducedData() && !isDisturbing;
  if (mustPlay || (mayAutoplay && !document.hidden)) source.prepare();
  if (await buildChrome(frame, video)) {
    frame.addEventListener("mediaseekrequest", () => source.load());
    bindSwitches(frame, video);
  } else {
    source.load();
  }
  loadPreviews(frame, video);
  setUpCaptions(video);
  followChapters(frame, video, chapters);
  rememberPosition(video, frame.dataset.videoId, startAt);
  sendHeartbeats(video, frame.dataset, startAt);
  bindKeys(frame, video);
  bindTheatre();
  seekLinks(video);
  seekByHash(video);
  bindMediaSession(frame, video);
  bindEndScreen(frame, video);
  bindDoubleTap(frame, video);
  bindMini(frame, video);
  showQueue();
  if (mustPlay) playOrMute(frame, video);
  else if (mayAutoplay) autoplay(frame, video);
}

async function main() {
  const frame = document.querySelector("[data-player]");
  if (!frame) return;
  const video = frame.querySelector("video");
  const tracks = frame.querySelector("[data-player-tracks]");
  if (tracks) video.append(tracks.content.cloneNode(true));
  const screen = new MessageScreen(frame.querySelector("[data-player-state]"));
  bindExtras(frame, video);
  const asked = hashStartTime(location.hash);
  if (asked !== null) frame.dataset.start = String(asked);
  let hasWaited = false;
  if (!frame.dataset.hlsUrl) {
    if (frame.dataset.status === "failed") return;
    const ready = await waitUntilPlayable(frame.dataset.videoId, screen);
    if (!ready) return;
    frame.dataset.hlsUrl = ready.hls_url;
    if (ready.thumbnail_url) video.poster = ready.thumbnail_url;
    hasWaited = true;
  }
  await start(frame, video, screen, { hasWaited });
}

main();
