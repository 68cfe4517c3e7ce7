// What this browser remembers of watching: where each video was left, the language of the sound, how captions were set.
import { stored } from "../browser-storage.js";

const positions = stored("positions");
const captionLook = stored("captions");
const captionTrack = stored("caption-track");
const sound = stored("sound-language");
const playback = stored("playback");
const MOST = 200;
const EVERY_MS = 5000;
// Nearer to either end than this there is nothing to come back to.
const FIRST_SECONDS = 5;
const LAST_SECONDS = 10;
const NO_CAPTIONS = { on: false, language: "", label: "", size: "normal", colour: "white", backdrop: "dim" };

/** The second at which the video was left in this browser, 0 when there is none. */
export function leftAt(id) {
  const found = positions.read([]).find(([known]) => known === id);
  return found ? Number(found[1]) || 0 : 0;
}

/** Keeps the position up to date, newest first, and forgets it at the end. */
export function rememberPosition(video, id) {
  let last = 0;
  let isUnderWay = false;
  const save = () => {
    // A page that is left before it has begun knows nothing better than what is remembered.
    if (!isUnderWay) return;
    const others = positions.read([]).filter(([known]) => known !== id);
    const { currentTime, duration, ended } = video;
    const worth = !ended && currentTime >= FIRST_SECONDS && !(Number.isFinite(duration) && currentTime > duration - LAST_SECONDS);
    positions.write((worth ? [[id, Math.round(currentTime * 10) / 10], ...others] : others).slice(0, MOST));
  };
  for (const name of ["playing", "seeked"]) video.addEventListener(name, () => { isUnderWay = true; });
  video.addEventListener("timeupdate", () => {
    if (Date.now() - last < EVERY_MS || video.seeking) return;
    last = Date.now();
    save();
  });
  video.addEventListener("pause", save);
  video.addEventListener("ended", save);
  addEventListener("pagehide", save);
}

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
