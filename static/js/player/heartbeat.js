// Tells the server what is being watched: for the history, the place to go on at, and the view counter.
import { api } from "../api.js";
import { isCurrent } from "../browser-storage.js";
import { followPosition, noteUnsent } from "./position.js";

const EVERY_MS = 10_000;
const SHORT_SHARE = 3;
// Of several seeks while paused, as by a dragged slider, the last one is worth sending.
const SETTLED_MS = 500;
const SAME_SECONDS = 0.25;
// Between two reports of the position: more than this is a jump, at double speed and a sleepy timer too.
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

/** What led here, by the page before. */
export function sourceOf(here, referrer) {
  if (here.pathname.startsWith("/embed/")) return "embed";
  if (here.searchParams.has("list")) return "playlist";
  if (!referrer) return "direct";
  const from = new URL(referrer);
  if (from.origin !== here.origin) return "external";
  return PAGES.find(([pattern]) => pattern.test(from.pathname))?.[1] ?? "direct";
}

/** Stretches of a video that were shown, as `[start, end]` in seconds. */
export class Stretches {
  #done = [];
  #start = null;
  #last = 0;

  /** The position while it plays. */
  at(seconds) {
    const step = seconds - this.#last;
    if (this.#start === null || step < 0 || step > JUMP_SECONDS) {
      this.cut();
      this.#start = seconds;
    }
    this.#last = seconds;
  }

  /** What comes next does not follow on from what was. */
  cut() {
    if (this.#start !== null && this.#last > this.#start) this.#done.push([this.#start, this.#last]);
    this.#start = null;
  }

  /** What there is since the last time; a stretch that goes on begins anew at its end. */
  take() {
    const goesOn = this.#start !== null;
    this.cut();
    if (goesOn) this.#start = this.#last;
    const taken = this.#done.map((pair) => pair.map((seconds) => Math.round(seconds * 100) / 100));
    this.#done = [];
    return taken.slice(-50);
  }
}

/** Where the viewer is; at the end what the server takes for the length, which may differ by a frame. */
function positionOf(video, duration) {
  const position = video.ended && duration > 0 ? duration : video.currentTime || 0;
  return Math.round(position * 100) / 100;
}

/**
 * Send heartbeats while the video plays, and what is left when it pauses, is moved while paused, or the page goes.
 * `startAt` is the second at which the page began.
 */
export function sendHeartbeats(video, { videoId, duration }, startAt) {
  const session = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const source = sourceOf(new URL(location.href), document.referrer);
  const stretches = new Stretches();
  let timer = null;
  let settling = null;
  let sent = null;

  const send = ({ keepalive = false } = {}) => {
    const watched = stretches.take();
    const position = positionOf(video, Number(duration));
    if (sent !== null && !watched.length && Math.abs(position - sent) < SAME_SECONDS) return;
    // What one viewer watches is not another's, who logged in meanwhile.
    if (!isCurrent()) return;
    sent = position;
    const confirm = noteUnsent(videoId, position);
    // What cannot be said is not said again: the next one tells the position anyway.
    api("POST", `/videos/${videoId}/playback`, { json: { position, watched, session, source }, keepalive }).then(confirm, () => {});
  };
  const go = () => {
    clearTimeout(settling);
    stretches.at(video.currentTime);
    if (sent === null) send();
    const share = Number.isFinite(video.duration) ? (video.duration * 1000) / SHORT_SHARE : EVERY_MS;
    timer ??= setInterval(send, Math.max(1000, Math.min(EVERY_MS, share + 100)));
  };
  const rest = (keepalive) => {
    clearTimeout(settling);
    if (video.paused) {
      clearInterval(timer);
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
  followPosition(video, startAt, ({ isSeek, isLast }) => {
    clearTimeout(settling);
    if (isSeek) settling = setTimeout(rest, SETTLED_MS, false);
    else rest(isLast);
  });
}
