// Keyboard shortcuts. They ignore keys that belong to fields, buttons, links, dialogs, menus and sliders.
import { isField, isLayerOpen } from "../focus.js";
import { toggleCaptions } from "./captions.js";
import { goTo, nextInQueue, previousInQueue } from "./queue.js";
import { leaveTheatre, toggleTheatre } from "./theater.js";

const FRAME = 1 / 30;
const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Return the duration in seconds; before anything is loaded, the one in the page. */
function lengthOf(video) {
  return video.duration || Number(video.closest("[data-player]").dataset.duration) || Infinity;
}

function seekBy(video, seconds) {
  video.currentTime = clamp(video.currentTime + seconds, 0, lengthOf(video));
}

function togglePlay(video) {
  if (video.paused) video.play().catch(() => {});
  else video.pause();
}

function stepFrame(video, direction) {
  if (video.paused) seekBy(video, direction * FRAME);
}

function stepRate(video, direction) {
  const at = RATES.indexOf(video.playbackRate);
  video.playbackRate = RATES[clamp((at < 0 ? RATES.indexOf(1) : at) + direction, 0, RATES.length - 1)];
}

function changeVolume(video, step) {
  video.volume = clamp(video.volume + step, 0, 1);
  if (step > 0) video.muted = false;
}

async function toggleFullscreen(frame) {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await frame.requestFullscreen();
  } catch {
    // The browser may refuse; the button in the controls stays.
  }
}

async function togglePictureInPicture(video) {
  try {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  } catch {
    // Not every browser supports it.
  }
}

async function showHelp() {
  const { showShortcuts } = await import("./shortcuts.js");
  showShortcuts();
}

function actions(frame, video) {
  return {
    k: () => togglePlay(video),
    " ": () => togglePlay(video),
    j: () => seekBy(video, -10),
    l: () => seekBy(video, 10),
    ArrowLeft: () => seekBy(video, -5),
    ArrowRight: () => seekBy(video, 5),
    m: () => {
      video.muted = !video.muted;
    },
    f: () => toggleFullscreen(frame),
    c: () => toggleCaptions(video),
    i: () => togglePictureInPicture(video),
    t: toggleTheatre,
    n: () => goTo(nextInQueue()),
    p: () => goTo(previousInQueue()),
    Home: () => seekBy(video, -Infinity),
    End: () => seekBy(video, Infinity),
    Escape: leaveTheatre,
    "/": () => document.querySelector("[data-search], input[type=search]")?.focus(),
    ",": () => stepFrame(video, -1),
    ".": () => stepFrame(video, 1),
    "<": () => stepRate(video, -1),
    ">": () => stepRate(video, 1),
    "?": showHelp,
  };
}

// Keys that repeat while they are held; any other shortcut runs once.
const REPEATED = new Set(["j", "l", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", ",", ".", "<", ">"]);
const WITH_SHIFT = new Set(["n", "p"]);
// Characters on a US keyboard, without and with Shift, for layouts that type no Latin there.
const SIGNS = { Comma: ",<", Period: ".>", Slash: "/?" };

const TYPING = "input:not([type=range]), dialog, [role=menu], [role=listbox], media-settings-menu";
const SLIDER = "input[type=range], [role=slider]";
const SLIDER_KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
const PRESSABLE = "button, a, summary, [role=button], [role=switch], [role=checkbox], [role=radio], [role=tab], [role=menuitem], [role=menuitemradio]";

/** Whether the key belongs to the element that has the focus, or to an open dialog or menu. */
function belongsElsewhere(event, key) {
  if (isLayerOpen()) return true;
  const path = event.composedPath().filter((node) => node instanceof Element);
  if (path.some((node) => node.matches(TYPING) || isField(node))) return true;
  if (SLIDER_KEYS.includes(key) && path.some((node) => node.matches(SLIDER))) return true;
  return key === " " && path.some((node) => node.matches(PRESSABLE));
}

/**
 * Return the shortcut that was pressed: what the layout types, letters in lower case. Keys that type no Latin (Cyrillic,
 * Greek, Hebrew, Arabic) count by their position on a US keyboard, and so do digits that need Shift (AZERTY).
 *
 * @param {{ key: string, code: string, shiftKey: boolean }} event
 * @param {object} table the shortcuts, by key
 */
export function shortcutOf({ key, code, shiftKey }, table) {
  const typed = key.length === 1 ? key.toLowerCase() : key;
  if (Object.hasOwn(table, typed) || /^[a-z0-9]$/.test(typed)) return typed;
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit && !shiftKey) return digit;
  // Named keys, and characters without a shortcut.
  if (/^[\x20-\x7e]+$/.test(typed)) return typed;
  return /^Key([A-Z])$/.exec(code)?.[1].toLowerCase() ?? SIGNS[code]?.[Number(shiftKey)] ?? typed;
}

/** Set up the shortcuts. */
export function bindKeys(frame, video) {
  const table = actions(frame, video);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = shortcutOf(event, table);
    if (belongsElsewhere(event, key) || (WITH_SHIFT.has(key) && !event.shiftKey)) return;
    let action = table[key];
    if (/^[0-9]$/.test(key) && Number.isFinite(lengthOf(video))) {
      action = () => {
        video.currentTime = (lengthOf(video) * Number(key)) / 10;
      };
    }
    if (key === "ArrowUp" || key === "ArrowDown") {
      // Outside of the player these two scroll the page.
      if (!frame.contains(document.activeElement)) return;
      action = () => changeVolume(video, key === "ArrowUp" ? 0.05 : -0.05);
    }
    if (!action) return;
    const isHeld = event.repeat && !REPEATED.has(key);
    if (isHeld || action() !== false) event.preventDefault();
  });
}
