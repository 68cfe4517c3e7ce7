// Player settings kept in this browser: audio language, captions, switches.
import { stored } from "../browser-storage.js";

const captionLook = stored("captions");
const captionTrack = stored("caption-track");
const sound = stored("sound-language");
const playback = stored("playback");
const NO_CAPTIONS = { on: false, language: "", label: "", size: "normal", colour: "white", backdrop: "dim" };

/**
 * Return the caption settings: the track that was shown last, and how cues look.
 *
 * @returns {{ on: boolean, language: string, label: string, size: string, colour: string, backdrop: string }}
 */
export function captionSettings() {
  // Earlier versions stored both together.
  return { ...NO_CAPTIONS, ...captionLook.read({}), ...captionTrack.read({}) };
}

/** @param {Partial<ReturnType<typeof captionSettings>>} changes */
export function saveCaptionSettings(changes) {
  const { on, language, label, size, colour, backdrop } = { ...captionSettings(), ...changes };
  captionLook.write({ size, colour, backdrop });
  captionTrack.write({ on, language, label });
}

/** Return the audio language that was chosen last, or "". */
export function soundLanguage() {
  return String(sound.read(""));
}

/** @param {string} language */
export function saveSoundLanguage(language) {
  sound.write(language);
}

/**
 * Return the switches that were set in this browser: `autoplay`, `autoplay_open`, `stable_volume`.
 *
 * @returns {Record<string, boolean | undefined>}
 */
export function playbackSettings() {
  return playback.read({});
}

/** @param {Record<string, boolean>} changes */
export function savePlaybackSettings(changes) {
  playback.write({ ...playbackSettings(), ...changes });
}
