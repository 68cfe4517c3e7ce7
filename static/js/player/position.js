// Where a video continues when it is opened again, and when it counts as finished. videos/playback/history.py has the same
// rule.
import { account, stored } from "../browser-storage.js";

const FINISHED_SHARE = 0.05;
const FINISHED_SECONDS = 180;
// A position before this second is not worth continuing.
const FIRST_SECONDS = 5;
const MOST = 200;
// For how long a position that the server has not confirmed counts as later than the server's.
const UNSENT_MS = 60_000;
// In seconds. Browsers move a position that is set to the next frame.
const NEAR = 1;

const positions = stored("positions");
const unsent = stored("player-unsent");

/**
 * Whether a viewer who left at `position` has finished the video.
 *
 * @param {number} position
 * @param {number} duration
 */
export function isFinished(position, duration) {
  return duration > 0 && position >= duration - Math.min(FINISHED_SHARE * duration, FINISHED_SECONDS);
}

/**
 * Return what a card shows of a video, or null when next to nothing of it was watched.
 *
 * @param {number} position
 * @param {number} duration
 * @returns {{ percent: number, isFinished: boolean } | null}
 */
export function watchMark(position, duration) {
  if (isFinished(position, duration)) return { percent: 100, isFinished: true };
  if (!(duration > 0) || position < FIRST_SECONDS) return null;
  return { percent: Math.max(1, Math.min(99, Math.round((100 * position) / duration))), isFinished: false };
}

/**
 * Return the second at which a visitor left the video in this browser, or 0.
 *
 * @param {string | undefined} id
 */
export function storedPosition(id) {
  /** @type {[string, unknown][]} */
  const all = positions.read([]);
  const found = all.find(([known]) => known === id);
  return found ? Number(found[1]) || 0 : 0;
}

/**
 * Return the server's position, unless this tab has a later one that may not have reached the server.
 *
 * @param {string | undefined} id
 * @param {string | undefined} resume
 */
function accountPosition(id, resume) {
  const { video, position, at } = unsent.read({});
  return video === id && Date.now() - at < UNSENT_MS ? position : Number(resume) || 0;
}

/**
 * Return the second to start at: the one in the address, else where this viewer left off.
 *
 * @param {DOMStringMap} data the player's `start`, `resume` and `videoId`
 * @param {number} duration
 */
export function startPosition({ start, resume, videoId }, duration) {
  if (start) {
    const asked = Number(start) || 0;
    return duration && asked >= duration ? 0 : asked;
  }
  const left = account ? accountPosition(videoId, resume) : storedPosition(videoId);
  return left < FIRST_SECONDS || isFinished(left, duration) ? 0 : left;
}

/**
 * Note an account's position as not yet confirmed. Call the returned function once the server has it.
 *
 * @param {string | undefined} id
 * @param {number} position
 */
export function noteUnsent(id, position) {
  if (!account) return () => {};
  const at = Date.now();
  unsent.write({ video: id, position, at });
  return () => {
    if (unsent.read({}).at === at) unsent.remove();
  };
}

/**
 * Keep a visitor's position in this browser.
 *
 * @param {HTMLVideoElement} video
 * @param {string} id
 */
function storePosition(video, id) {
  /** @type {[string, number][]} */
  const all = positions.read([]);
  const others = all.filter(([known]) => known !== id);
  const { currentTime, duration, ended } = video;
  // A finished video stays in the list, for the mark on its card; opened again, it starts at 0.
  const position = ended && Number.isFinite(duration) ? duration : currentTime;
  const isWorth = ended || position >= FIRST_SECONDS;
  // Opened again for a moment only: a finished video stays finished.
  if (!isWorth && all.some(([known, left]) => known === id && isFinished(Number(left), duration))) return;
  positions.write((isWorth ? [[id, Math.round(position * 10) / 10], ...others] : others).slice(0, MOST));
}

/**
 * Call `changed` when the viewer pauses, seeks while paused (`isSeek`), or leaves the page (`isLast`), but not before
 * playback has started: a page that is left at once knows nothing better than what is stored. `startAt` is the second at
 * which the page started.
 *
 * @param {HTMLVideoElement} video
 * @param {number} startAt
 * @param {(change: { isSeek: boolean, isLast: boolean }) => void} changed
 */
export function watchPosition(video, startAt, changed) {
  let isUnderWay = false;
  /** @param {{ isSeek?: boolean, isLast?: boolean }} change */
  const tell = ({ isSeek = false, isLast = false }) => {
    if (isUnderWay) changed({ isSeek, isLast });
  };
  video.addEventListener("playing", () => {
    isUnderWay = true;
  });
  video.addEventListener("seeked", () => {
    if (Math.abs(video.currentTime - startAt) > NEAR) isUnderWay = true;
    if (video.paused) tell({ isSeek: true });
  });
  for (const name of ["pause", "ended"]) video.addEventListener(name, () => tell({}));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) tell({ isLast: true });
  });
  addEventListener("pagehide", () => tell({ isLast: true }));
}

/**
 * Keep a visitor's position in this browser up to date. An account's is kept by the server.
 *
 * @param {HTMLVideoElement} video
 * @param {string} id
 * @param {number} startAt
 */
export function rememberPosition(video, id, startAt) {
  if (account) return;
  watchPosition(video, startAt, () => storePosition(video, id));
  let last = 0;
  video.addEventListener("timeupdate", () => {
    if (Date.now() - last < 5000 || video.seeking || video.paused) return;
    last = Date.now();
    storePosition(video, id);
  });
}
