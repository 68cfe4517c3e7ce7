// What this browser remembers of watching: where each video was left, the language of the sound, how captions were set.

const POSITIONS = "positions";
const CAPTIONS = "captions";
const SOUND = "sound-language";
const PLAYBACK = "playback";
const MOST = 200;
const EVERY_MS = 5000;
// Nearer to either end than this there is nothing to come back to.
const FIRST_SECONDS = 5;
const LAST_SECONDS = 10;

function read(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without storage nothing is remembered.
  }
}

/** The second at which the video was left in this browser, 0 when there is none. */
export function leftAt(id) {
  const found = read(POSITIONS, []).find(([known]) => known === id);
  return found ? Number(found[1]) || 0 : 0;
}

/** Keeps the position up to date, newest first, and forgets it at the end. */
export function rememberPosition(video, id) {
  let last = 0;
  let isUnderWay = false;
  const save = () => {
    // A page that is left before it has begun knows nothing better than what is remembered.
    if (!isUnderWay) return;
    const others = read(POSITIONS, []).filter(([known]) => known !== id);
    const { currentTime, duration, ended } = video;
    const worth = !ended && currentTime >= FIRST_SECONDS && !(Number.isFinite(duration) && currentTime > duration - LAST_SECONDS);
    write(POSITIONS, (worth ? [[id, Math.round(currentTime * 10) / 10], ...others] : others).slice(0, MOST));
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

/** `{ on, language, label, size, colour, backdrop }` */
export function captionSettings() {
  return { on: false, language: "", label: "", size: "normal", colour: "white", backdrop: "dim", ...read(CAPTIONS, {}) };
}

export function saveCaptionSettings(changes) {
  write(CAPTIONS, { ...captionSettings(), ...changes });
}

/** The language of the sound that was chosen last, "" when none was. */
export function soundLanguage() {
  return String(read(SOUND, ""));
}

export function saveSoundLanguage(language) {
  write(SOUND, language);
}

/** `{ autoplay, autoplay_open, stable_volume }`, those that were chosen in this browser. */
export function playbackSettings() {
  return read(PLAYBACK, {});
}

export function savePlaybackSettings(changes) {
  write(PLAYBACK, { ...playbackSettings(), ...changes });
}
