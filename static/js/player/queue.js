// A playlist beside the player: next and previous.
import { stored } from "../browser-storage.js";

const goOn = stored("player-continue");

export const nextInQueue = () => document.querySelector("[data-queue-next]");
export const previousInQueue = () => document.querySelector("[data-queue-previous]");

/** Go to another video, which then begins to play; `link` has an `href`. False when there is none. */
export function goTo(link) {
  if (!link) return false;
  goOn.write(link.href);
  location.assign(link.href);
  return true;
}

/** Scroll the playlist to this video. */
export function showQueue() {
  const list = document.querySelector("[data-queue]");
  const current = list?.querySelector("[aria-current]");
  if (current) list.scrollTop = current.getBoundingClientRect().top - list.getBoundingClientRect().top;
}

/** Whether this page was reached by `goTo`, so that it should play. Answers once. */
export function isContinued() {
  const continued = goOn.read("") === location.href;
  goOn.remove();
  return continued;
}
