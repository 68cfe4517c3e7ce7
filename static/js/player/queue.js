// The playlist beside the player: the next and the previous video.
import { stored } from "../browser-storage.js";

const continueAt = stored("player-continue");

export const nextInQueue = () => document.querySelector("[data-queue-next]");
export const previousInQueue = () => document.querySelector("[data-queue-previous]");

/**
 * Go to another video, which then starts to play. Return false when there is none.
 *
 * @param {{ href: string } | null | undefined} link
 */
export function goTo(link) {
  if (!link) return false;
  continueAt.write(link.href);
  location.assign(link.href);
  return true;
}

/** Scroll the playlist to the current video. */
export function showQueue() {
  const list = document.querySelector("[data-queue]");
  const current = list?.querySelector("[aria-current]");
  if (current) list.scrollTop = current.getBoundingClientRect().top - list.getBoundingClientRect().top;
}

/** Whether this page was reached by `goTo` and should play. True only once. */
export function wasContinued() {
  const continued = continueAt.read("") === location.href;
  continueAt.remove();
  return continued;
}
