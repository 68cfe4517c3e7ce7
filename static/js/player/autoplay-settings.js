// The two autoplay switches: play the next video at the end of one, and play when a page is opened. They are kept as
// preferences of an account, or in this browser for visitors.
import { api } from "../api.js";
import { playbackSettings, savePlaybackSettings } from "./stored-settings.js";

// Data attributes that the server sets on the player, by the name of the preference.
/** @type {Record<string, string>} */
const ATTRIBUTES = { autoplay: "autoplayNext", autoplay_open: "autoplayOpen" };

/**
 * Whether `autoplay` or `autoplay_open` is on. Always false in a frame, which has no switches.
 *
 * @param {HTMLElement} frame
 * @param {string} name
 */
export function isOn(frame, name) {
  const kept = frame.dataset.settings === "browser" ? playbackSettings()[name] : undefined;
  return typeof kept === "boolean" ? kept : frame.dataset[ATTRIBUTES[name]] === "1";
}

/**
 * Change a switch in this page, and store it for the viewer.
 *
 * @param {HTMLElement} frame
 * @param {string} name
 * @param {boolean} on
 */
export function turn(frame, name, on) {
  frame.dataset[ATTRIBUTES[name]] = on ? "1" : "0";
  if (frame.dataset.settings === "browser") savePlaybackSettings({ [name]: on });
  else api("PATCH", "/me/preferences", { json: { [name]: on } }).catch(() => {});
}
