// Brings an HLS source into a <video>: hls.js where Media Source Extensions exist, else the browser's own HLS.
import { soundLanguage } from "./memory.js";
import { RenditionList } from "./renditions.js";
import { SoundList } from "./sounds.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";
// hls.js itself has tried for half a minute before it calls an error fatal.
const RETRIES = 2;
// Until somebody presses play only a few seconds are fetched, afterwards as much as smooth playing needs.
const IDLE_BUFFER = 6;
const PLAYING_BUFFER = 40;

const mediaSource = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

export function isPlayable(video) {
  return Boolean(mediaSource) || video.canPlayType(HLS_TYPE) !== "";
}

const reload = { label: "Reload the page", run: () => location.reload() };

function explain(screen, status, retry) {
  if (status === 403 || status === 404 || status === 410) {
    screen.show({
      title: "The video is not available any more",
      text: "The link to it has expired, or it was removed or made private. Reloading the page tells which.",
      action: reload,
    });
    return;
  }
  screen.show({
    title: "The video stopped loading",
    text: "The connection was lost or the server is busy. Check your network, then try again: it goes on where it stopped.",
    action: { label: "Try again", run: retry },
  });
}

function explainDecoding(screen) {
  screen.show({
    title: "The video could not be played",
    text: "The browser could not decode it. Reload the page; if that does not help, update the browser or try another one.",
    action: reload,
  });
}

/** Beside a ladder of a newer codec stands one H.264 rendition, for browsers that decode nothing else. */
function dropFallback(hls) {
  const isOld = ({ videoCodec }) => videoCodec?.startsWith("avc1");
  if (hls.levels.every(isOld)) return;
  for (let index = hls.levels.length - 1; index >= 0; index -= 1) {
    if (isOld(hls.levels[index])) hls.removeLevel(index);
  }
}

/**
 * Sets up `video`, its `videoRenditions` and `audioTracks`; problems go to `screen`. `startAt` is in seconds.
 * Of a ladder that `isGrowing` the lowest rung is the one that is surely ahead of the viewer, so playing begins there.
 */
export async function playSource(video, manifest, { startAt, isGrowing, screen }) {
  // The page has its own <track> elements: with the manifest's tracks beside them, each would be listed twice.
  const url = `${manifest}${manifest.includes("?") ? "&" : "?"}subtitles=none`;
  for (const source of video.querySelectorAll("source")) source.remove();
  if (!mediaSource) {
    playNatively(video, url, { startAt, screen });
    return;
  }
  const { default: Hls } = await import("../../vendor/hls.js-1.7.4/hls.min.mjs");
  if (!Hls.isSupported()) {
    playNatively(video, url, { startAt, screen });
    return;
  }
  const hls = new Hls({
    // fMP4 segments need no remuxing, so a worker would only add a download and a copy.
    enableWorker: false,
    startPosition: startAt,
    capLevelToPlayerSize: true,
    maxBufferLength: IDLE_BUFFER,
    backBufferLength: 60,
    ...(isGrowing && { startLevel: 0 }),
    ...(soundLanguage() && { audioPreference: { lang: soundLanguage() } }),
  });
  let failures = 0;
  video.videoRenditions = new RenditionList((index) => {
    hls.config.capLevelToPlayerSize = index < 0;
    hls.nextLevel = index;
  });
  video.addEventListener("play", () => {
    hls.config.maxBufferLength = PLAYING_BUFFER;
  }, { once: true });
  hls.on(Hls.Events.MANIFEST_PARSED, () => {
    dropFallback(hls);
    video.videoRenditions.fill(hls.levels);
  });
  hls.on(Hls.Events.LEVELS_UPDATED, (_, { levels }) => video.videoRenditions.fill(levels));
  const sounds = new SoundList(hls);
  // Of the browser's own list, where there is one, hls.js makes no use.
  Object.defineProperty(video, "audioTracks", { value: sounds });
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, (_, { audioTracks }) => {
    sounds.fill(audioTracks);
    video.dataset.sounds = String(audioTracks.length);
  });
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, () => sounds.dispatchEvent(new Event("change")));
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    if (failures) screen.hide();
    failures = 0;
  });
  const again = () => {
    screen.hide();
    if (hls.levels.length) hls.startLoad();
    else hls.loadSource(url);
  };
  hls.on(Hls.Events.ERROR, (_, { fatal, type, response }) => {
    if (!fatal) return;
    failures += 1;
    if (type === Hls.ErrorTypes.MEDIA_ERROR) {
      if (failures > 2) explainDecoding(screen);
      else hls.recoverMediaError();
    } else if (type === Hls.ErrorTypes.NETWORK_ERROR && !response?.code && failures < RETRIES) {
      setTimeout(again, 1000 * 2 ** failures);
    } else {
      explain(screen, response?.code, again);
    }
  });
  hls.attachMedia(video);
  hls.loadSource(url);
}

function playNatively(video, url, { startAt, screen }) {
  video.addEventListener("loadedmetadata", () => {
    if (startAt) video.currentTime = startAt;
  }, { once: true });
  video.addEventListener("error", () => {
    if (video.error?.code === MediaError.MEDIA_ERR_DECODE) explainDecoding(screen);
    else explain(screen, 0, () => {
      screen.hide();
      video.load();
    });
  });
  video.preload = "metadata";
  video.src = url;
}
