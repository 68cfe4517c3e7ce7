// The player embedded on another site: the options in its address, and the commands of the page around it. Runs before
// player.js, which reads what is set here.
import { EVENTS, reportEvents } from "./embed/events.js";
import { videoMethods } from "./embed/methods.js";
import { Receiver } from "./embed/protocol.js";
import { Span } from "./embed/play-range.js";
import { hashStartTime } from "./player/start-times.js";

const root = document.querySelector("[data-embed]");
const frame = root.querySelector("[data-player]");
const video = frame.querySelector("video");
const { end, loop, muted, cc, domains } = root.dataset;

const asked = hashStartTime(location.hash);
if (asked !== null) frame.dataset.start = String(asked);
if (muted) frame.dataset.muted = muted;
if (cc) frame.dataset.cc = cc;

const span = new Span(video, {
  start: Number(frame.dataset.start) || 0,
  end: Number(end) || 0,
  loop: Boolean(loop),
  onEnd: () => receiver.emit("ended"),
});
const receiver = new Receiver({
  methods: videoMethods(frame, video, span),
  events: EVENTS,
  domains: domains ? domains.split(" ") : [],
});
reportEvents(receiver, frame, video);

// All scripts have run by then, so that commands reach the player.
addEventListener("DOMContentLoaded", () => receiver.ready());
