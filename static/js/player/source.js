// Connects an HLS source to a <video> when it is first played: by hls.js where Media Source Extensions exist, else by the
// browser's own HLS.
import { offerAirPlay } from "./airplay.js";
import { endWhenBuffered } from "./end-of-stream.js";
import { soundLanguage } from "./stored-settings.js";
import { explainDecoding, explainLoading } from "./error-messages.js";
import { RenditionList } from "./renditions.js";
import { HlsAudioTracks } from "./audio-tracks.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";
// hls.js itself retries for half a minute before it reports a fatal error.
const RETRIES = 2;
const BUFFER_SECONDS = 40;

const engine = () => import("../../vendor/hls.js-1.7.4/hls.player.min.mjs");
const mediaSource = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

/** Whether this browser can play HLS in one way or the other. */
export function isPlayable(video) {
  return Boolean(mediaSource) || video.canPlayType(HLS_TYPE) !== "";
}

/** Remove the H.264 fallback rendition from a ladder of a newer codec: this browser can decode that. */
function dropFallback(hls) {
  const isOld = ({ videoCodec }) => videoCodec?.startsWith("avc1");
  if (hls.levels.every(isOld)) return;
  for (let index = hls.levels.length - 1; index >= 0; index -= 1) {
    if (isOld(hls.levels[index])) hls.removeLevel(index);
  }
}

/**
 * The source of `video`, whose `videoRenditions` and `audioTracks` it fills. Nothing is fetched before `load()`, which
 * the element's first `play` calls. Problems are shown on `screen`; `startAt` is in seconds. While a ladder `isGrowing`,
 * playback starts with the lowest rung: only that one is certainly ahead of the viewer.
 */
export class Source {
  #video;
  #url;
  #options;
  #hls = null;
  #failures = 0;
  #sounds = new HlsAudioTracks();
  #loading = null;
  #isWanted = false;

  constructor(video, url, { startAt, isGrowing, screen }) {
    this.#video = video;
    // The page has its own <track> elements: together with the manifest's, each track would be listed twice.
    this.#url = `${url}${url.includes("?") ? "&" : "?"}subtitles=none`;
    this.#options = { isGrowing, screen };
    // Without a source, this is where playback will start, and what currentTime returns until then.
    if (startAt) video.currentTime = startAt;
    if (mediaSource) {
      video.videoRenditions = new RenditionList((index) => this.#choose(index));
      // hls.js does not use the browser's own list, where there is one.
      Object.defineProperty(video, "audioTracks", { value: this.#sounds });
    }
    video.addEventListener("play", () => this.#want(true));
    video.addEventListener("pause", () => this.#want(false));
    if (!video.paused) this.#want(true);
  }

  /** Load hls.js, for a source that is about to be played. */
  prepare() {
    if (mediaSource) engine().catch(() => {});
  }

  /** Load the manifest and the first segments. Resolve when the element has its source; later calls do nothing. */
  load() {
    this.#loading ??= this.#begin();
    return this.#loading;
  }

  #want(wanted) {
    this.#isWanted = wanted;
    if (wanted) this.load();
  }

  async #begin() {
    try {
      const Hls = mediaSource && (await engine()).default;
      if (Hls?.isSupported()) this.#useMediaSource(Hls);
      else this.#useNative();
    } catch {
      this.#loading = null;
      explainLoading(this.#options.screen, 0, () => {
        this.#options.screen.hide();
        this.load();
      });
    }
  }

  /** Play again if playing was wanted: setting a source pauses an element that had one before or was looking for one. */
  #resume(wasWanted) {
    if (wasWanted && this.#video.paused) this.#video.play().catch(() => {});
  }

  #choose(index) {
    if (!this.#hls) return;
    this.#hls.config.capLevelToPlayerSize = index < 0;
    this.#hls.nextLevel = index;
  }

  #useMediaSource(Hls) {
    const video = this.#video;
    const { screen, isGrowing } = this.#options;
    const hls = new Hls({
      // fMP4 segments need no remuxing, so a worker would only add a download and a copy.
      enableWorker: false,
      startPosition: video.currentTime || 0,
      capLevelToPlayerSize: true,
      maxBufferLength: BUFFER_SECONDS,
      backBufferLength: 60,
      // Captions come as <track> elements: those of the manifest would show a second time.
      renderTextTracksNatively: false,
      ...(isGrowing && { startLevel: 0 }),
      ...(soundLanguage() && { audioPreference: { lang: soundLanguage() } }),
    });
    this.#hls = hls;
    const { Events } = Hls;
    hls.subtitleDisplay = false;
    hls.on(Events.MANIFEST_PARSED, () => {
      dropFallback(hls);
      video.videoRenditions.fill(hls.levels);
    });
    hls.on(Events.LEVELS_UPDATED, (_, { levels }) => video.videoRenditions.fill(levels));
    this.#sounds.attach(hls);
    hls.on(Events.AUDIO_TRACKS_UPDATED, (_, { audioTracks }) => {
      this.#sounds.fill(audioTracks);
      video.dataset.sounds = String(audioTracks.length);
    });
    hls.on(Events.AUDIO_TRACK_SWITCHED, () => this.#sounds.dispatchEvent(new Event("change")));
    hls.on(Events.FRAG_BUFFERED, () => {
      if (this.#failures) screen.hide();
      this.#failures = 0;
    });
    hls.on(Events.ERROR, (_, problem) => this.#onError(Hls, problem));
    endWhenBuffered(hls, Events, video);
    offerAirPlay(hls, Events, video, this.#url);
    const wasWanted = this.#isWanted;
    hls.on(Events.MEDIA_ATTACHED, () => this.#resume(wasWanted));
    hls.attachMedia(video);
    hls.loadSource(this.#url);
  }

  #onError(Hls, { fatal, type, response }) {
    if (!fatal) return;
    const hls = this.#hls;
    const { screen } = this.#options;
    const again = () => {
      screen.hide();
      if (hls.levels.length) hls.startLoad();
      else hls.loadSource(this.#url);
    };
    this.#failures += 1;
    if (type === Hls.ErrorTypes.MEDIA_ERROR) {
      if (this.#failures > 2) explainDecoding(screen);
      else hls.recoverMediaError();
    } else if (type === Hls.ErrorTypes.NETWORK_ERROR && !response?.code && this.#failures < RETRIES) {
      setTimeout(again, 1000 * 2 ** this.#failures);
    } else {
      explainLoading(screen, response?.code, again);
    }
  }

  #useNative() {
    const video = this.#video;
    const { screen } = this.#options;
    const wasWanted = this.#isWanted;
    const startAt = video.currentTime;
    video.addEventListener("loadedmetadata", () => {
      if (startAt) video.currentTime = startAt;
    }, { once: true });
    video.addEventListener("error", () => {
      if (video.error?.code === MediaError.MEDIA_ERR_DECODE) explainDecoding(screen);
      else explainLoading(screen, 0, () => {
        screen.hide();
        video.load();
      });
    });
    video.preload = "metadata";
    video.src = this.#url;
    this.#resume(wasWanted);
  }
}
