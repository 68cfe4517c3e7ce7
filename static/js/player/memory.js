// What this browser remembers of the player: the language of the sound, captions, switches.
import { stored } from "../browser-storage.js";

const captionLook = stored("captions");
const captionTrack = stored("caption-track");
const sound = stored("sound-language");
const playback = stored("playback");
const NO_CAPTIONS = { on: false, language: "", label: "", size: "normal", colour: "white", backdrop: "dim" };

/** `{ on, language, label }` of the track that was shown last and `{ size, colour, backdrop }` of the cues. */
export function captionSettings() {
  // Earlier versions stored both together.
  return { ...NO_CAPTIONS, ...captionLook.read({}), ...captionTrack.read({}) };
}

export function saveCaptionSettings(changes) {
  const { on, language, label, size, colour, backdrop } = { ...captionSettings(), ...changes };
  captionLook.write({ size, colour, backdrop });
  captionTrack.write({ on, language, label });
}

/** The language of the sound that was chosen last, "" when none was. */
export function soundLanguage() {
  return String(sound.read(""));
}

export function saveSoundLanguage(language) {
  sound.write(language);
}

/** `{ autoplay, autoplay_open, stable_volume }`, those that were chosen in this browser. */
export function playbackSettings() {
  return playback.read({});
}

export function savePlaybackSettings(changes) {
  playback.write({ ...playbackSettings(), ...changes });
}
