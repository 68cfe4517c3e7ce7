// The events that an embedded player reports to the page around it.

export const EVENTS = [
  "ready",
  "play",
  "playing",
  "pause",
  "paused",
  "timeupdate",
  "progress",
  "seeked",
  "ended",
  "volumechange",
  "ratechange",
  "qualitychange",
  "error",
];
const UNDEFINED_ERROR = -1;
const NOT_PLAYABLE_HERE = 1;

function bufferedEnd({ buffered }) {
  return buffered.length ? buffered.end(buffered.length - 1) : 0;
}

/** Report the messages laid over the player as errors, unless they show the progress of processing. */
function reportErrors(receiver, frame) {
  const screen = frame.querySelector("[data-player-state]");
  const part = (name) => screen.querySelector(`[data-state-${name}]`);
  const failure = () => {
    const title = part("title").textContent;
    return { code: screen.hasAttribute("data-unsupported") ? NOT_PLAYABLE_HERE : UNDEFINED_ERROR, msg: `${title}. ${part("text").textContent}` };
  };
  const report = () => {
    const isProgress = part("progress") && !part("progress").hidden;
    if (screen.hidden || isProgress) receiver.recover();
    else receiver.fail(failure());
  };
  if (frame.dataset.status === "failed") receiver.fail(failure());
  new MutationObserver(report).observe(screen, { attributes: true, attributeFilter: ["hidden"] });
}

/** Forward the video's events. "ended" is left to `Span`, which knows where the end is. */
export function reportEvents(receiver, frame, video) {
  const duration = () => (Number.isFinite(video.duration) ? video.duration : Number(frame.dataset.duration) || 0);
  const values = {
    play: () => undefined,
    playing: () => undefined,
    seeked: () => ({ seconds: video.currentTime, duration: duration() }),
    timeupdate: () => ({ seconds: video.currentTime, duration: duration() }),
    progress: () => ({ seconds: bufferedEnd(video), duration: duration(), percent: duration() ? bufferedEnd(video) / duration() : 0 }),
    volumechange: () => ({ volume: Math.round(video.volume * 100), muted: video.muted }),
    ratechange: () => ({ rate: video.playbackRate }),
  };
  for (const [name, value] of Object.entries(values)) video.addEventListener(name, () => receiver.emit(name, value()));
  video.addEventListener("pause", () => {
    for (const name of ["pause", "paused"]) receiver.emit(name);
  });
  video.addEventListener("resize", () => receiver.emit("qualitychange", { width: video.videoWidth, height: video.videoHeight }));
  reportErrors(receiver, frame);
}
