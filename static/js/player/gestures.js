// Double taps on a touch screen: the left third of the picture seeks 10 seconds back, the right third forward.
import { amount } from "../locale.js";
import { el } from "../ui.js";

const STEP = 10;
const WITHIN_MS = 320;
const SHOWN_MS = 650;
const CONTROLS = "media-control-bar, media-settings-menu, button, a, [role=button], .end, .player-state";

function show(frame, side, seconds) {
  frame.querySelector(".tap-seek")?.remove();
  const mark = el("div", { class: "tap-seek", "data-side": side, "aria-hidden": "true" }, amount(seconds, "second", { unitDisplay: "narrow", signDisplay: "always" }));
  frame.append(mark);
  setTimeout(() => mark.remove(), SHOWN_MS);
}

/** Set up double taps. Further taps on the same side within `WITHIN_MS` add up. */
export function bindDoubleTap(frame, video) {
  let last = { at: -Infinity, side: 0 };
  let total = 0;
  frame.addEventListener("pointerup", (event) => {
    if (event.pointerType !== "touch") return;
    if (event.composedPath().some((node) => node instanceof Element && node !== frame && node.matches(CONTROLS))) return;
    const { left, width } = frame.getBoundingClientRect();
    const share = (event.clientX - left) / width;
    const side = share < 1 / 3 ? -1 : Number(share > 2 / 3);
    const isNext = event.timeStamp - last.at < WITHIN_MS && side === last.side;
    last = { at: event.timeStamp, side };
    if (!side || !isNext) {
      total = 0;
      return;
    }
    total += side * STEP;
    const end = Number.isFinite(video.duration) ? video.duration : Infinity;
    video.currentTime = Math.min(Math.max(video.currentTime + side * STEP, 0), end);
    show(frame, side < 0 ? "left" : "right", total);
    // Otherwise the controls would appear or disappear with this second tap as with the first.
    event.stopPropagation();
  }, { capture: true });
}
