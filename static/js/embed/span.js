// The part of a video that an embed plays: from `start` to `end`, once or again and again.

// Browsers report the position about four times a second; nearer to the end than this a timer takes over.
const NEAR = 0.5;

export class Span {
  #video;
  #start;
  #end;
  #loop;
  #onEnd;
  #isArmed = true;
  #timer = null;

  /** `end` is 0 for the end of the video. `onEnd()` is called when playing has come to the end and doesn't repeat. */
  constructor(video, { start, end, loop, onEnd }) {
    this.#video = video;
    this.#start = start;
    this.#end = end;
    this.#onEnd = onEnd;
    this.loop = loop;
    video.addEventListener("ended", () => this.#finish());
    if (!end) return;
    video.addEventListener("timeupdate", () => this.#watch());
    // Whoever goes past the end by themselves may watch what is there.
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
    // The browser's own loop has no gap, but always goes back to 0.
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
