// A playlist embedded on another site: the player of the current video in a frame of its own, and the list beside it. The
// page around it uses this page like a single player; commands and events are forwarded.
import { FrameClient } from "./embed/client.js";
import { Entries } from "./embed/entries.js";
import { EVENTS } from "./embed/events.js";
import { Receiver } from "./embed/protocol.js";
import { hashStartTime } from "./player/start-times.js";

// A frame whose page is refused loads as well, but sends nothing: after this long it counts as refused.
const SILENCE_MS = 2000;
const NOT_ALLOWED = 101;
const FORWARDED = [
  "play", "pause", "getPaused", "mute", "unmute", "getMuted", "setVolume", "getVolume", "getDuration", "setCurrentTime",
  "getCurrentTime", "getPlaybackRate", "setPlaybackRate", "getQualities", "getQuality", "setQuality", "getCaptions", "setCaptions",
];

const root = document.querySelector("[data-embed-playlist]");
const part = (name) => root.querySelector(`[data-${name}]`);
const frame = part("frame");
const [panel, toggle, previous, next] = ["panel", "toggle", "previous", "next"].map(part);
const entries = new Entries(panel, root.dataset.site);
const player = new FrameClient(frame);
let loop = Boolean(root.dataset.loop);
let sound = null;
let isMoving = false;
// The start time in this page's fragment, for the first video; the query is in the frame's own address.
let startAt = hashStartTime(location.hash);
let isPlayingOn = new URL(frame.src).searchParams.get("autoplay") === "1";

function showButtons() {
  const { index } = entries.current;
  const [first, last] = entries.bounds;
  const indexes = entries.all.map(({ dataset }) => Number(dataset.index));
  previous.disabled = !loop && first === 1 && !indexes.some((one) => one < index);
  next.disabled = !loop && last >= entries.total && !indexes.some((one) => one > index);
}

function address({ id }, autoplay) {
  const query = new URLSearchParams(root.dataset.query);
  if (autoplay) query.set("autoplay", "1");
  else query.delete("autoplay");
  const text = query.toString();
  return `/embed/${id}${text ? `?${text}` : ""}`;
}

function open(entry, { autoplay }) {
  entries.select(entry);
  const { current } = entries;
  part("number").textContent = String(current.index);
  part("now").textContent = current.title;
  frame.title = current.title;
  player.expectAnother();
  // Replace the last page, so that no entry is added to the history of the page around the frame.
  frame.contentWindow.location.replace(address(current, autoplay));
  showButtons();
  receiver.emit("itemchange", current);
}

/** Go to the first entry from `index` on, or back from it when `step` is -1. Return false when there is none. */
async function go(index, step, { autoplay = true } = {}) {
  if (isMoving) return true;
  isMoving = true;
  try {
    let entry = await entries.find(index, step);
    if (!entry && loop) entry = await entries.find(step > 0 ? 1 : entries.total, step);
    if (!entry) return false;
    open(entry, { autoplay });
    return true;
  } finally {
    isMoving = false;
    showButtons();
  }
}

const goNext = (options) => go(entries.current.index + 1, 1, options);
const goPrevious = () => go(entries.current.index - 1, -1);

const receiver = new Receiver({
  events: [...EVENTS, "itemchange", "playlistended"],
  methods: {
    ...Object.fromEntries(FORWARDED.map((name) => [name, (value) => (name.startsWith("get") ? player.ask(name, value) : player.call(name, value))])),
    setLoop: (value) => {
      loop = Boolean(value);
      showButtons();
    },
    getLoop: () => loop,
    next: () => void goNext(),
    previous: () => void goPrevious(),
    getPlaylistIndex: () => entries.current.index,
    setPlaylistIndex: (value) => void go(Math.trunc(Number(value)) || 1, 1),
    getPlaylistLength: () => entries.total,
    getPlaylistItem: () => entries.current,
  },
});

const handlers = {
  ready() {
    if (sound) {
      player.call("setVolume", sound.volume);
      player.call(sound.muted ? "mute" : "unmute");
    }
    if (startAt !== null) player.call("setCurrentTime", startAt);
    startAt = null;
  },
  playing() {
    isPlayingOn = true;
  },
  volumechange(value) {
    sound = value;
  },
  async ended() {
    if (!(await goNext())) receiver.emit("playlistended");
  },
  /**
   * Play the next entry when one can't be shown and the list plays automatically.
   *
   * @param {{ code?: number }} [problem]
   */
  error({ code } = {}) {
    if (isPlayingOn && code >= 100) goNext();
  },
};
for (const name of EVENTS) {
  player.on(name, (value) => {
    if (name !== "ready") receiver.emit(name, value);
    handlers[name]?.(value);
  });
}
frame.addEventListener("load", () => {
  setTimeout(() => {
    if (player.isReady || isReadable()) return;
    const error = { code: NOT_ALLOWED, msg: "This video can't be shown on this site" };
    receiver.emit("error", error);
    handlers.error(error);
  }, SILENCE_MS);
});

/** Whether the frame shows a page of this site, whose script may just be late. */
function isReadable() {
  try {
    return frame.contentDocument !== null && frame.contentDocument.URL !== "about:blank";
  } catch {
    return false;
  }
}

function showPanel(isShown) {
  panel.hidden = !isShown;
  toggle.setAttribute("aria-expanded", String(isShown));
  if (!isShown) return;
  const shown = entries.marked ?? entries.all[0];
  shown.scrollIntoView({ block: "center" });
  shown.focus({ preventScroll: true });
}

toggle.addEventListener("click", () => showPanel(panel.hidden));
previous.addEventListener("click", goPrevious);
next.addEventListener("click", () => goNext());
panel.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-item]");
  if (!entry || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  showPanel(false);
  toggle.focus();
  open(entry, { autoplay: true });
});
root.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || panel.hidden) return;
  showPanel(false);
  toggle.focus();
});
showButtons();
receiver.ready();
