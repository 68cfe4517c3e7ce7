// The part of a video that an embed plays: from `start` to `end`, once or in a loop.

// In seconds. Browsers report the position about four times a second; closer to the end than this a timer takes over.
const NEAR = 0.5;

/** Stops or repeats `video` at the end of the part. */
export class Span {
  /** @type {HTMLVideoElement} */
  #video;
  #start;
  #end;
  #loop = false;
  #onEnd;
  #isArmed = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * `end` is 0 for the end of the video. `onEnd()` is called when playback reaches the end and doesn't loop.
   *
   * @param {HTMLVideoElement} video
   * @param {{ start: number, end: number, loop: boolean, onEnd: () => void }} options
   */
  constructor(video, { start, end, loop, onEnd }) {
    this.#video = video;
    this.#start = start;
    this.#end = end;
    this.#onEnd = onEnd;
    this.loop = loop;
    video.addEventListener("ended", () => this.#finish());
    if (!end) return;
    video.addEventListener("timeupdate", () => this.#watch());
    // A viewer who seeks past the end may watch the rest.
    video.addEventListener("seeking", () => {
      clearTimeout(this.#timer);
      this.#isArmed = video.currentTime < end;
    });
  }

  get loop() {
    return this.#loop;
  }

  set loop(value) {
    this.#loop = value;
    // The browser's own loop has no gap, but always starts at 0.
    this.#video.loop = value && !this.#start && !this.#end;
  }

  #watch() {
    clearTimeout(this.#timer);
    if (!this.#isArmed || this.#video.paused || this.#video.seeking) return;
    const left = this.#end - this.#video.currentTime;
    if (left <= 0) this.#finish();
    else if (left < NEAR) this.#timer = setTimeout(() => this.#watch(), (left * 1000) / this.#video.playbackRate);
  }

  #finish() {
    if (this.#loop) {
      this.#video.currentTime = this.#start;
      this.#video.play().catch(() => {});
      return;
    }
    this.#isArmed = false;
    if (!this.#video.ended) this.#video.pause();
    this.#onEnd();
  }
}
