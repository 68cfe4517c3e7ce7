// Sends heartbeats to the server: for the history, the position to continue at, and the view counter.
import { api } from "../api.js";
import { isCurrent } from "../browser-storage.js";
import { watchPosition, noteUnsent } from "./position.js";

const EVERY_MS = 10_000;
const SHORT_SHARE = 3;
// Of several seeks while paused, such as a dragged slider, only the last is sent.
const SETTLED_MS = 500;
const SAME_SECONDS = 0.25;
// Positions further apart than this are a jump, even at double speed and with a late timer.
const JUMP_SECONDS = 3;
/** @type {[RegExp, string][]} */
const PAGES = [
  [/^\/$/, "home"],
  [/^\/search/, "search"],
  [/^\/(watch|embed)\//, "related"],
  [/^\/@/, "channel"],
  [/^\/playlists\//, "playlist"],
  [/^\/feed/, "feed"],
  [/^\/history/, "history"],
];

/**
 * Return the traffic source: what kind of page led here.
 *
 * @param {URL} here
 * @param {string} referrer
 */
export function trafficSource(here, referrer) {
  if (here.pathname.startsWith("/embed/")) return "embed";
  if (here.searchParams.has("list")) return "playlist";
  if (!referrer) return "direct";
  const from = new URL(referrer);
  if (from.origin !== here.origin) return "external";
  return PAGES.find(([pattern]) => pattern.test(from.pathname))?.[1] ?? "direct";
}

/** Collects the stretches of a video that were played, as `[start, end]` in seconds. */
export class Stretches {
  /** @type {[number, number][]} */
  #done = [];
  /** @type {number | null} */
  #start = null;
  #last = 0;

  /**
   * Note the position during playback.
   *
   * @param {number} seconds
   */
  at(seconds) {
    const step = seconds - this.#last;
    if (this.#start === null || step < 0 || step > JUMP_SECONDS) {
      this.cut();
      this.#start = seconds;
    }
    this.#last = seconds;
  }

  /** End the current stretch: what comes next does not continue it. */
  cut() {
    if (this.#start !== null && this.#last > this.#start) this.#done.push([this.#start, this.#last]);
    this.#start = null;
  }

  /** Return the stretches since the last call, the latest 50. One that continues starts again at its end. */
  take() {
    const goesOn = this.#start !== null;
    this.cut();
    if (goesOn) this.#start = this.#last;
    const taken = this.#done.map((pair) => pair.map((seconds) => Math.round(seconds * 100) / 100));
    this.#done = [];
    return taken.slice(-50);
  }
}

/**
 * Return the position in seconds; at the end the server's length of the video, which may differ by a frame.
 *
 * @param {HTMLVideoElement} video
 * @param {number} duration
 */
function positionOf(video, duration) {
  const position = video.ended && duration > 0 ? duration : video.currentTime || 0;
  return Math.round(position * 100) / 100;
}

/**
 * Send heartbeats while the video plays, and the rest when it pauses, when the viewer seeks while paused, and when the page
 * is left. `startAt` is the second at which the page started.
 *
 * @param {HTMLVideoElement} video
 * @param {DOMStringMap} data the player's `videoId` and `duration`
 * @param {number} startAt
 */
export function sendHeartbeats(video, { videoId, duration }, startAt) {
  const session = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const source = trafficSource(new URL(location.href), document.referrer);
  const stretches = new Stretches();
  /** @type {ReturnType<typeof setInterval> | null} */
  let timer = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let settling;
  /** @type {number | null} */
  let sent = null;

  const send = ({ keepalive = false } = {}) => {
    const watched = stretches.take();
    const position = positionOf(video, Number(duration));
    if (sent !== null && !watched.length && Math.abs(position - sent) < SAME_SECONDS) return;
    // Somebody else may have signed in meanwhile: this is not theirs.
    if (!isCurrent()) return;
    sent = position;
    const confirm = noteUnsent(videoId, position);
    // A failed heartbeat is not repeated: the next one has the position anyway.
    api("POST", `/videos/${videoId}/playback`, { json: { position, watched, session, source }, keepalive }).then(confirm, () => {});
  };
  const go = () => {
    clearTimeout(settling);
    stretches.at(video.currentTime);
    if (sent === null) send();
    const share = Number.isFinite(video.duration) ? (video.duration * 1000) / SHORT_SHARE : EVERY_MS;
    timer ??= setInterval(send, Math.max(1000, Math.min(EVERY_MS, share + 100)));
  };
  /** @param {boolean} keepalive */
  const rest = (keepalive) => {
    clearTimeout(settling);
    if (video.paused) {
      clearInterval(timer ?? undefined);
      timer = null;
      stretches.cut();
    }
    send({ keepalive });
  };
  video.addEventListener("playing", go);
  video.addEventListener("timeupdate", () => {
    if (!video.paused && !video.seeking) stretches.at(video.currentTime);
  });
  video.addEventListener("seeking", () => stretches.cut());
  watchPosition(video, startAt, ({ isSeek, isLast }) => {
    clearTimeout(settling);
    if (isSeek) settling = setTimeout(rest, SETTLED_MS, false);
    else rest(isLast);
  });
}
