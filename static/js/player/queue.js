// A playlist beside the player: next and previous, and going on by itself after a countdown.
import { el } from "../ui.js";

const COUNTDOWN_SECONDS = 5;
const CONTINUE = "player-continue";

export const nextInQueue = () => document.querySelector("[data-queue-next]");
export const previousInQueue = () => document.querySelector("[data-queue-previous]");

/** Goes to another video of the playlist, which then begins to play. */
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

function countDown(frame, link) {
  const seconds = el("span", { class: "next-seconds" }, String(COUNTDOWN_SECONDS));
  const now = el("button", { class: "btn btn-primary", type: "button" }, "Play now");
  const stop = el("button", { class: "btn", type: "button" }, "Cancel");
  const box = el(
    "div",
    { class: "next", role: "alertdialog", "aria-label": "Next video" },
    el("p", { class: "next-when" }, "Next in ", seconds),
    el("p", { class: "next-title", dir: "auto" }, link.dataset.title ?? ""),
    el("div", { class: "row" }, now, stop),
  );
  let left = COUNTDOWN_SECONDS;
  const timer = setInterval(() => {
    left -= 1;
    seconds.textContent = String(left);
    if (left <= 0) end(true);
  }, 1000);
  function end(go) {
    clearInterval(timer);
    box.remove();
    if (go) goTo(link);
  }
  now.addEventListener("click", () => end(true));
  stop.addEventListener("click", () => {
    end(false);
    frame.querySelector("media-play-button")?.focus();
  });
  frame.append(box);
  now.focus({ preventScroll: true });
  return () => end(false);
}

/** Wires the playlist to the player; true when this page was reached by going on, so that it should play. */
export function followQueue(frame, video) {
  const list = document.querySelector("[data-queue]");
  const current = list?.querySelector("[aria-current]");
  if (current) list.scrollTop = current.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const link = nextInQueue();
  let dismiss = null;
  if (link && list.dataset.autoplay !== "0") {
    video.addEventListener("ended", () => {
      dismiss = countDown(frame, link);
    });
    video.addEventListener("play", () => {
      dismiss?.();
      dismiss = null;
    });
  }
  let continued = false;
  try {
    continued = sessionStorage.getItem(CONTINUE) === location.href;
    sessionStorage.removeItem(CONTINUE);
  } catch {
    // Nothing was remembered.
  }
  return continued;
}
