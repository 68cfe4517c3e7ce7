// A playlist beside the player: next and previous.

const CONTINUE = "player-continue";

export const nextInQueue = () => document.querySelector("[data-queue-next]");
export const previousInQueue = () => document.querySelector("[data-queue-previous]");

/** Go to another video, which then begins to play; `link` has an `href`. False when there is none. */
export function goTo(link) {
  if (!link) return false;
  try {
    sessionStorage.setItem(CONTINUE, link.href);
  } catch {
    // It will wait for a press of play.
  }
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
  try {
    const continued = sessionStorage.getItem(CONTINUE) === location.href;
    sessionStorage.removeItem(CONTINUE);
    return continued;
  } catch {
    return false;
  }
}
