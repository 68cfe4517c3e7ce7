// The list of keyboard shortcuts. Loaded on first use.
import { modal } from "../dialog.js";
import { gettext } from "../i18n.js";
import { el, style } from "../ui.js";

const SHORTCUTS = [
  [gettext("K or Space"), gettext("Play or pause")],
  [gettext("J and L"), gettext("Rewind or forward 10 seconds")],
  ["← →", gettext("Rewind or forward 5 seconds")],
  ["↑ ↓", gettext("Volume up or down (when the player is focused)")],
  ["M", gettext("Mute or unmute")],
  ["F", gettext("Full screen")],
  ["T", gettext("Theater mode")],
  ["C", gettext("Subtitles")],
  ["I", gettext("Picture-in-picture")],
  [gettext("Shift + N and P"), gettext("Next or previous video in a playlist")],
  [gettext("Home and End"), gettext("Go to start or end")],
  [gettext("0 to 9"), gettext("Seek to 0–90%")],
  [", .", gettext("Previous or next frame (while paused)")],
  ["< >", gettext("Decrease or increase playback speed")],
  ["/", gettext("Search")],
  ["?", gettext("Show keyboard shortcuts")],
];

/** Open the list in a dialog. */
export async function showShortcuts() {
  await style("components/player-dialogs");
  const list = el("dl", { class: "keys" });
  for (const [keys, meaning] of SHORTCUTS) list.append(el("dt", {}, el("kbd", {}, keys)), el("dd", {}, meaning));
  modal(gettext("Keyboard shortcuts"), list);
}
