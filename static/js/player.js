// The watch page's player: waits for a video that is still processing, builds the controls, starts the source.
import { bindKeys } from "./player/keys.js";
import { setUpCaptions } from "./player/captions.js";
import { addChapters, followChapters } from "./player/chapters.js";
import { recallSettings, seekLinks } from "./player/extras.js";
import { sendHeartbeats } from "./player/heartbeat.js";
import { announce } from "./player/media-session.js";
import { leftAt, rememberPosition } from "./player/memory.js";
import { followQueue } from "./player/queue.js";
import { isPlayable, playSource } from "./player/source.js";
import { StateScreen } from "./player/state.js";
import { bindTheatre } from "./player/theatre.js";
import { untilPlayable } from "./player/waiting.js";

const RESUME_MARGIN = 10;

/** Where to start: the link's `t`, else where the viewer left off, here or elsewhere, unless that is nearly the end. */
function startOf({ start, resume, videoId }, duration) {
  const asked = Number(start) || 0;
  if (asked > 0) return asked;
  const left = Number(resume) || leftAt(videoId);
  return duration && left > duration - RESUME_MARGIN ? 0 : left;
}

/** Wraps the plain <video> in media-chrome's controls; without them the browser's own stay. */
async function buildChrome(frame, video) {
  try {
    await import("../vendor/media-chrome-4.19.4/media-chrome.all.js");
  } catch {
    return;
  }
  const chrome = document.getElementById("player-chrome").content.cloneNode(true);
  const controller = chrome.querySelector("media-controller");
  const captions = video.querySelectorAll("track:is([kind=captions], [kind=subtitles])");
  frame.dataset.captions = String(captions.length);
  controller.setAttribute("aria-label", frame.dataset.title);
  video.controls = false;
  video.slot = "media";
  frame.prepend(chrome);
  controller.append(video);
  // The frame and not the controls alone, so that a message laid over them shows in full screen too. An attribute
  // would be looked up by id in the template's fragment, where the frame is not.
  controller.fullscreenElement = frame;
  // It reports aria-checked, which a plain button may not have.
  frame.querySelector("media-captions-button").setAttribute("role", "switch");
  frame.querySelector("[data-caption-style]").addEventListener("click", async () => {
    const { styleCaptions } = await import("./player/caption-style.js");
    styleCaptions(video);
  });
}

/** What few viewers open is loaded when they do. */
function bindExtras(frame, video) {
  document.querySelector("[data-share]")?.addEventListener("click", async () => {
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

async function start(frame, video, screen, { autoplay }) {
  if (!isPlayable(video)) {
    screen.show({
      title: "This browser cannot play the video",
      text: "It supports neither Media Source Extensions nor HLS. A current Firefox, Chrome, Edge or Safari does.",
    });
    return;
  }
  screen.hide();
  recallSettings(video);
  const chapters = addChapters(video, document.getElementById("video-chapters"));
  // The source first: its `videoRenditions` must be there when the controls look for them.
  const length = Number(frame.dataset.duration) || 0;
  const isGrowing = frame.dataset.status !== "ready";
  await playSource(video, frame.dataset.hlsUrl, { startAt: startOf(frame.dataset, length), isGrowing, screen });
  await buildChrome(frame, video);
  setUpCaptions(video);
  followChapters(frame, video, chapters);
  rememberPosition(video, frame.dataset.videoId);
  sendHeartbeats(video, frame.dataset.videoId);
  bindKeys(frame, video);
  bindTheatre();
  seekLinks(video);
  announce(frame, video);
  const continued = followQueue(frame, video);
  if (autoplay || continued || frame.dataset.autoplay) video.play().catch(() => {});
}

async function main() {
  const frame = document.querySelector("[data-player]");
  if (!frame) return;
  const video = frame.querySelector("video");
  const screen = new StateScreen(frame.querySelector("[data-player-state]"));
  bindExtras(frame, video);
  let autoplay = false;
  if (!frame.dataset.hlsUrl) {
    if (frame.dataset.status === "failed") return;
    const ready = await untilPlayable(frame.dataset.videoId, screen);
    if (!ready) return;
    frame.dataset.hlsUrl = ready.hls_url;
    if (ready.thumbnail_url) video.poster = ready.thumbnail_url;
    autoplay = true;
  }
  await start(frame, video, screen, { autoplay });
}

main();
