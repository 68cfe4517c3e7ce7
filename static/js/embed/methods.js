// The methods that a page can call on an embedded player: player.js's, and those for quality, speed and captions.
import { playOrMute } from "../player/autoplay.js";
import { captionTracks } from "../player/captions.js";

const AUTO = "auto";

const number = (value, low, high) => {
  const given = Number(value);
  return Number.isFinite(given) ? Math.min(Math.max(given, low), high) : null;
};

/** Applies commands to the video, and keeps those that came before its source was loaded. */
class Driver {
  #wantedTime = null;
  #wantedHeight = null;

  constructor(frame, video) {
    this.frame = frame;
    this.video = video;
    video.addEventListener("loadedmetadata", () => this.#applyTime());
    video.addEventListener("canplay", () => this.#applyQuality());
  }

  get time() {
    if (this.video.readyState > 0) return this.video.currentTime;
    return this.#wantedTime ?? (Number(this.frame.dataset.start) || 0);
  }

  seek(seconds) {
    if (seconds === null) return;
    this.#wantedTime = seconds;
    if (this.video.readyState > 0) {
      this.#applyTime();
      return;
    }
    this.frame.dataset.start = String(seconds);
    this.video.currentTime = seconds;
  }

  get duration() {
    return Number.isFinite(this.video.duration) ? this.video.duration : Number(this.frame.dataset.duration) || 0;
  }

  get qualities() {
    const list = this.video.videoRenditions;
    if (!list) return [];
    return [...list].map(({ width, height, bitrate, frameRate }) => ({ width, height, bitrate, frameRate }));
  }

  get quality() {
    const list = this.video.videoRenditions;
    return list && list.selectedIndex >= 0 ? list[list.selectedIndex].height : AUTO;
  }

  set quality(value) {
    this.#wantedHeight = value === AUTO ? AUTO : number(value, 1, 100_000);
    this.#applyQuality();
  }

  #applyTime() {
    if (this.#wantedTime === null) return;
    this.video.currentTime = this.#wantedTime;
    this.#wantedTime = null;
  }

  /** Choose the tallest rendition that isn't taller than wanted, else the smallest. */
  #applyQuality() {
    const { qualities, video } = this;
    if (this.#wantedHeight === null || !qualities.length) return;
    const wanted = this.#wantedHeight;
    this.#wantedHeight = null;
    if (wanted === AUTO) {
      video.videoRenditions.selectedIndex = -1;
      return;
    }
    const heights = qualities.map(({ height }) => height);
    const fitting = heights.filter((height) => height <= wanted);
    video.videoRenditions.selectedIndex = heights.indexOf(fitting.length ? Math.max(...fitting) : Math.min(...heights));
  }
}

function setCaptions(video, value) {
  const tracks = captionTracks(video);
  const wanted = value === true || value === "1" ? tracks[0] : tracks.find(({ language }) => language === value);
  for (const track of tracks) track.mode = track === wanted ? "showing" : "disabled";
}

/** Return the methods for a `Receiver`, by name. `span` is the part that plays, and whether it loops. */
export function videoMethods(frame, video, span) {
  const driver = new Driver(frame, video);
  return {
    play: () => void playOrMute(frame, video),
    pause: () => video.pause(),
    getPaused: () => video.paused,
    mute: () => {
      video.muted = true;
    },
    unmute: () => {
      video.muted = false;
    },
    getMuted: () => video.muted,
    setVolume: (value) => {
      const volume = number(value, 0, 100);
      if (volume !== null) video.volume = volume / 100;
    },
    getVolume: () => Math.round(video.volume * 100),
    getDuration: () => driver.duration,
    setCurrentTime: (value) => driver.seek(number(value, 0, driver.duration || Infinity)),
    getCurrentTime: () => driver.time,
    setLoop: (value) => {
      span.loop = Boolean(value);
    },
    getLoop: () => span.loop,
    getPlaybackRate: () => video.playbackRate,
    setPlaybackRate: (value) => {
      const rate = number(value, 0.25, 4);
      if (rate !== null) video.playbackRate = rate;
    },
    getQualities: () => driver.qualities,
    getQuality: () => driver.quality,
    setQuality: (value) => {
      driver.quality = value;
    },
    getCaptions: () =>
      captionTracks(video).map(({ language, label, kind, mode }) => ({ language, label, kind, showing: mode === "showing" })),
    setCaptions: (value) => setCaptions(video, value),
  };
}
