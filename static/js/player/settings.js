// Two switches that outlive a page: the next video plays when one ends, and a page plays when it opens. An account keeps
// them as preferences; without one this browser does.
import { api } from "../api.js";
import { playbackSettings, savePlaybackSettings } from "./memory.js";

// Name of the preference, and of the frame's data attribute that the server fills.
const ATTRIBUTES = { autoplay: "autoplayNext", autoplay_open: "autoplayOpen" };

/** Whether the setting `autoplay` or `autoplay_open` is on; never where the page offers none, as in a frame. */
export function isOn(frame, name) {
  const kept = frame.dataset.settings === "browser" ? playbackSettings()[name] : undefined;
  return typeof kept === "boolean" ? kept : frame.dataset[ATTRIBUTES[name]] === "1";
}

/** Change a setting here, and wherever this viewer's settings are kept. */
export function turn(frame, name, on) {
  frame.dataset[ATTRIBUTES[name]] = on ? "1" : "0";
  if (frame.dataset.settings === "browser") savePlaybackSettings({ [name]: on });
  else api("PATCH", "/me/preferences", { json: { [name]: on } }).catch(() => {});
}
