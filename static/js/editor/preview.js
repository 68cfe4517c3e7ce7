// The player beside the editor: it shows the cues that are being edited, and frames for the thumbnail. It counts no view.
import { MessageScreen } from "../player/message-screen.js";
import { Source } from "../player/source.js";
import { markup } from "./vtt.js";

/** @typedef {import("./vtt.js").Cue} Cue */

export class Preview {
  /** @type {HTMLVideoElement} */
  video;
  #source;
  /** @type {TextTrack | null} */
  #track = null;

  /** @param {HTMLElement} box */
  constructor(box) {
    this.video = box.querySelector("video");
    const screen = new MessageScreen(box.querySelector("[data-player-state]"));
    const isGrowing = box.dataset.status !== "ready";
    this.#source = new Source(this.video, box.dataset.hlsUrl, { startAt: 0, isGrowing, screen });
    // Native controls are of no use before there is a source.
    new IntersectionObserver((entries, observer) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      this.#source.load();
    }).observe(box);
  }

  /** The playhead in seconds. */
  get time() {
    return Math.round(this.video.currentTime * 1000) / 1000;
  }

  /** Move the playhead. @param {number} seconds */
  seek(seconds) {
    this.video.currentTime = Math.min(Math.max(0, seconds), this.video.duration || Infinity);
    this.#source.load();
  }

  /** Play or pause. */
  toggle() {
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }

  /** Play from a time. @param {number} seconds */
  playFrom(seconds) {
    this.seek(seconds);
    this.video.play().catch(() => {});
  }

  /** Show cues over the video. @param {Cue[]} cues */
  showCues(cues) {
    if (!this.#track) {
      this.#track = this.video.addTextTrack("subtitles", "", document.documentElement.lang);
      this.#track.mode = "showing";
    }
    for (const cue of [...(this.#track.cues ?? [])]) this.#track.removeCue(cue);
    for (const cue of cues) {
      if (cue.end > cue.start && cue.text.trim()) this.#track.addCue(new VTTCue(cue.start, cue.end, markup(cue)));
    }
  }

  /**
   * Draw the present frame into a canvas. Return whether there was one.
   *
   * @param {HTMLCanvasElement} canvas
   */
  draw(canvas) {
    const { videoWidth, videoHeight, readyState } = this.video;
    if (!videoWidth || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return false;
    const scale = Math.max(canvas.width / videoWidth, canvas.height / videoHeight);
    const [width, height] = [videoWidth * scale, videoHeight * scale];
    canvas.getContext("2d").drawImage(this.video, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
    return true;
  }
}
