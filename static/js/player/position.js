// Where a video begins when it is opened again, and when it counts as seen. videos/playback/history.py has the same rule.
import { account, stored } from "../browser-storage.js";

const FINISHED_SHARE = 0.05;
const FINISHED_SECONDS = 180;
// Nearer to the beginning than this there is nothing to come back to.
const FIRST_SECONDS = 5;
const MOST = 200;
// A position that the server has not confirmed is later than what the server says for as long as this.
const UNSENT_MS = 60_000;
// Browsers move a position that is set to a frame's.
const NEAR = 1;

const positions = stored("positions");
const unsent = stored("player-unsent");

/** Whether a viewer who left there has seen the video. */
export function isFinished(position, duration) {
  return duration > 0 && position >= duration - Math.min(FINISHED_SHARE * duration, FINISHED_SECONDS);
}

/** What a card shows of a video: `{ percent, isFinished }`, null when next to nothing of it was seen. */
export function markOf(position, duration) {
  if (isFinished(position, duration)) return { percent: 100, isFinished: true };
  if (!(duration > 0) || position < FIRST_SECONDS) return null;
  return { percent: Math.max(1, Math.min(99, Math.round((100 * position) / duration))), isFinished: false };
}

/** The second at which a visitor left the video in this browser, 0 when there is none. */
export function leftHere(id) {
  const found = positions.read([]).find(([known]) => known === id);
  return found ? Number(found[1]) || 0 : 0;
}

/** What the server knows, unless this tab has just come to another position that may not have reached it. */
function leftByAccount(id, resume) {
  const { video, position, at } = unsent.read({});
  return video === id && Date.now() - at < UNSENT_MS ? position : Number(resume) || 0;
}

/** The second to begin at: the one that the address names, else where this viewer left off. */
export function startOf({ start, resume, videoId }, duration) {
  if (start) {
    const asked = Number(start) || 0;
    return duration && asked >= duration ? 0 : asked;
  }
  const left = account ? leftByAccount(videoId, resume) : leftHere(videoId);
  return left < FIRST_SECONDS || isFinished(left, duration) ? 0 : left;
}

/** Note that the account of this page came to `position`; call what is returned once the server has it. */
export function noteUnsent(id, position) {
  if (!account) return () => {};
  const at = Date.now();
  unsent.write({ video: id, position, at });
  return () => {
    if (unsent.read({}).at === at) unsent.remove();
  };
}

function keepHere(video, id) {
  const all = positions.read([]);
  const others = all.filter(([known]) => known !== id);
  const { currentTime, duration, ended } = video;
  // One that was seen to its end stays, for the mark on its card; opened again, it begins at 0.
  const position = ended && Number.isFinite(duration) ? duration : currentTime;
  const isWorth = ended || position >= FIRST_SECONDS;
  // Opened again, and hardly more: what was seen to its end stays so.
  if (!isWorth && all.some(([known, left]) => known === id && isFinished(Number(left), duration))) return;
  positions.write((isWorth ? [[id, Math.round(position * 10) / 10], ...others] : others).slice(0, MOST));
}

/**
 * Call `changed({ isSeek, isLast })` when the viewer stops, seeks while paused (`isSeek`), or leaves the page (`isLast`).
 * Not before it has begun: a page that is left at once knows nothing better than what is remembered. `startAt` is where
 * it was opened.
 */
export function followPosition(video, startAt, changed) {
  let isUnderWay = false;
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

/** Keep a visitor's position up to date in this browser; an account's is kept by the server. */
export function rememberPosition(video, id, startAt) {
  if (account) return;
  followPosition(video, startAt, () => keepHere(video, id));
  let last = 0;
  video.addEventListener("timeupdate", () => {
    if (Date.now() - last < 5000 || video.seeking || video.paused) return;
    last = Date.now();
    keepHere(video, id);
  });
}
