// The end screen over the player: the next video with a countdown, replay, related videos.
import { isBusy, isField } from "../focus.js";
import { gettext, interpolate } from "../i18n.js";
import { number } from "../locale.js";
import { el, icon, style } from "../ui.js";
import { markPlayed, findUpNext } from "./up-next.js";
import { goTo } from "./queue.js";
import { isOn } from "./autoplay-settings.js";

const COUNTDOWN_SECONDS = 5;
// Any of these cancels the countdown: whoever uses the page wants to stay on it.
const USES = ["keydown", "pointerdown", "wheel", "touchmove", "input"];
// While the pointer moves, the countdown waits: the page must not change under a click that is about to come.
const STILL_MS = 900;

function card({ href, title, channel, picture, time }) {
  const thumb = el("span", { class: "thumb" }, ...(picture ? [picture] : [icon("film")]));
  if (time) thumb.append(el("span", { class: "thumb-time" }, time));
  const names = el("span", { class: "end-names" }, el("span", { class: "end-title clamp-2", dir: "auto" }, title));
  if (channel) names.append(el("bdi", { class: "end-channel clamp-1" }, channel));
  return el("a", { class: "end-card", href }, thumb, names);
}

/** Shows itself at the end of the video, and goes away when playback resumes. */
class EndScreen {
  #frame;
  #root = null;
  #timer = null;
  #movedAt = -Infinity;

  constructor(frame, video) {
    this.#frame = frame;
    video.addEventListener("ended", () => this.#show(video));
    for (const name of ["play", "seeking", "emptied"]) video.addEventListener(name, () => this.#hide());
    for (const name of USES) document.addEventListener(name, (event) => this.#use(event), { capture: true, passive: true });
    document.addEventListener("focusin", (event) => {
      if (isField(event.target)) this.#stop();
    });
    document.addEventListener("pointermove", ({ movementX, movementY, timeStamp }) => {
      if (movementX || movementY) this.#movedAt = timeStamp;
    }, { capture: true, passive: true });
  }

  async #show(video) {
    await style("components/end-screen");
    if (!video.ended) return;
    this.#hide();
    const { next, related } = findUpNext();
    const replay = el("button", { class: "btn", type: "button" }, icon("retry"), gettext("Replay"));
    replay.addEventListener("click", () => {
      video.play().catch(() => {});
      this.#frame.querySelector("media-play-button:not(.chrome-big)")?.focus({ preventScroll: true });
    });
    this.#root = el("div", { class: "end", role: "region", "aria-label": gettext("End of video") });
    if (next) this.#root.append(el("p", { class: "visually-hidden", role: "status" }, interpolate(gettext("Up next: %(title)s"), { title: next.title })));
    const buttons = el("div", { class: "end-buttons" });
    if (next) this.#root.append(this.#upNext(next, buttons));
    buttons.append(replay);
    this.#root.append(buttons);
    if (related.length) {
      const list = el("ul", { class: "end-more", role: "list", "aria-label": gettext("Related videos") });
      list.append(...related.map((video) => el("li", {}, card(video))));
      this.#root.append(list);
    }
    this.#frame.append(this.#root);
    if (next && isOn(this.#frame, "autoplay") && !isBusy()) this.#countDown(next);
  }

  #upNext(next, buttons) {
    const now = el("button", { class: "btn btn-light", type: "button", "data-end-now": true }, gettext("Play now"));
    now.addEventListener("click", () => goTo(next));
    const cancel = el("button", { class: "btn", type: "button", "data-end-cancel": true, hidden: true }, gettext("Cancel"));
    cancel.addEventListener("click", () => {
      this.#stop();
      now.focus({ preventScroll: true });
    });
    buttons.append(now, cancel);
    return el("div", { class: "end-next" }, el("p", { class: "end-when", "data-end-when": true }, gettext("Up next")), card(next));
  }

  #countDown(next) {
    const when = this.#root.querySelector("[data-end-when]");
    const cancel = this.#root.querySelector("[data-end-cancel]");
    cancel.hidden = false;
    let left = COUNTDOWN_SECONDS;
    const say = () => {
      when.textContent = interpolate(gettext("Up next in %(seconds)s"), { seconds: number(left) });
    };
    say();
    this.#timer = setInterval(() => {
      if (isBusy()) {
        this.#stop();
        return;
      }
      if (performance.now() - this.#movedAt < STILL_MS) return;
      left -= 1;
      if (left > 0) say();
      else {
        this.#stop();
        goTo(next);
      }
    }, 1000);
  }

  #use(event) {
    // The screen's own buttons and links must not move under the press.
    if (event.type === "pointerdown" && event.target.closest?.(".end :is(a, button)")) this.#movedAt = event.timeStamp;
    else this.#stop();
  }

  /** Stop the countdown; the screen stays. */
  #stop() {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    this.#root.querySelector("[data-end-when]").textContent = gettext("Up next");
    this.#root.querySelector("[data-end-cancel]").hidden = true;
  }

  #hide() {
    this.#stop();
    this.#root?.remove();
    this.#root = null;
  }
}

/** Set up the end screen. An embedded player has none. */
export function bindEndScreen(frame, video) {
  if (!document.querySelector(".watch")) return;
  markPlayed(frame.dataset.videoId);
  new EndScreen(frame, video);
}
