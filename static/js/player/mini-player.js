// The mini player: while the video plays and the player is scrolled out of view, it stays in a corner.
import { gettext } from "../i18n.js";
import { el, icon, style } from "../ui.js";

const TOPBAR = "-60px 0px 0px";

/** Set up the mini player. An embedded player has none. */
export function bindMini(frame, video) {
  if (!document.querySelector(".watch")) return;
  const place = el("div", { class: "player player-place", "aria-hidden": "true" });
  const back = el("button", { class: "mini-btn", type: "button", "aria-label": gettext("Back to video") }, icon("up"));
  const close = el("button", { class: "mini-btn", type: "button", "aria-label": gettext("Close mini player") }, icon("close"));
  const bar = el("div", { class: "mini-bar" }, back, close);
  let isOut = false;
  let isDismissed = false;
  const isMini = () => place.isConnected;

  const observer = new IntersectionObserver((entries) => {
    const { isIntersecting, boundingClientRect } = entries.at(-1);
    isOut = !isIntersecting && boundingClientRect.bottom < innerHeight / 2;
    if (isIntersecting) {
      isDismissed = false;
      leave();
    } else {
      enter();
    }
  }, { rootMargin: TOPBAR });

  function watchPlace(now, before) {
    observer.unobserve(before);
    observer.observe(now);
  }
  function isWanted() {
    const isElsewhere = document.fullscreenElement || document.pictureInPictureElement;
    return !isMini() && isOut && !isDismissed && !video.paused && !isElsewhere;
  }
  async function enter() {
    if (!isWanted()) return;
    await style("components/mini-player");
    if (!isWanted()) return;
    frame.before(place);
    frame.classList.add("player-mini");
    frame.append(bar);
    watchPlace(place, frame);
  }
  function leave() {
    if (!isMini()) return;
    frame.classList.remove("player-mini");
    bar.remove();
    place.remove();
    watchPlace(frame, place);
  }
  back.addEventListener("click", () => {
    place.scrollIntoView({ block: "center" });
    leave();
    frame.querySelector("media-play-button:not(.chrome-big)")?.focus({ preventScroll: true });
  });
  close.addEventListener("click", () => {
    isDismissed = true;
    video.pause();
    leave();
  });
  video.addEventListener("play", enter);
  document.addEventListener("fullscreenchange", () => {
    if (document.fullscreenElement === frame) leave();
  });
  observer.observe(frame);
}
