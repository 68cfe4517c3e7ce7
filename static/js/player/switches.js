// The player's switches: autoplay of the next video in the control bar; loop, stable volume and autoplay on open in the
// settings menu.
import { playbackSettings, savePlaybackSettings } from "./stored-settings.js";
import { isOn, turn } from "./autoplay-settings.js";

/** Call `set(on)` when a menu item of type "checkbox" changes; the menu itself changes only `aria-checked`. */
function bindItem(item, on, set) {
  item.checked = on;
  let shown = on;
  new MutationObserver(() => {
    if (item.checked === shown) return;
    shown = item.checked;
    set(shown);
  }).observe(item, { attributeFilter: ["aria-checked"] });
}

function bindAutoplayNext(frame) {
  const button = frame.querySelector("[data-autoplay-toggle]");
  if (!button) return;
  const show = () => button.setAttribute("aria-checked", String(isOn(frame, "autoplay")));
  button.addEventListener("click", () => {
    turn(frame, "autoplay", !isOn(frame, "autoplay"));
    show();
  });
  show();
}

async function stabilize(video, on) {
  const { setStableVolume } = await import("./stable-volume.js");
  setStableVolume(video, on);
}

/** Set up the switches. */
export function bindSwitches(frame, video) {
  const item = (name) => frame.querySelector(`[data-switch="${name}"]`);
  bindAutoplayNext(frame);
  bindItem(item("loop"), video.loop, (on) => {
    video.loop = on;
  });
  bindItem(item("autoplay_open"), isOn(frame, "autoplay_open"), (on) => turn(frame, "autoplay_open", on));
  const isStable = playbackSettings().stable_volume === true;
  bindItem(item("stable_volume"), isStable, (on) => {
    savePlaybackSettings({ stable_volume: on });
    stabilize(video, on);
  });
  // Web Audio works only with Media Source Extensions: from other sources it may get silence.
  item("stable_volume").hidden = !(globalThis.ManagedMediaSource ?? globalThis.MediaSource) || !globalThis.AudioContext;
  if (isStable) stabilize(video, true);
}
