// The list of audio tracks that media-chrome's audio menu expects of a media element: one of them is enabled.
import { saveSoundLanguage } from "./stored-settings.js";

/** One audio track. */
class Sound {
  #list;

  constructor(list, index, { lang, name }) {
    this.#list = list;
    this.id = String(index);
    this.kind = index ? "alternative" : "main";
    this.language = lang ?? "";
    this.label = name;
  }

  get enabled() {
    return this.#list.selected === Number(this.id);
  }

  set enabled(on) {
    if (on) this.#list.select(Number(this.id));
  }
}

/** The audio tracks of an hls.js instance. */
export class HlsAudioTracks extends EventTarget {
  #hls = null;
  #sounds = [];

  /** Use the tracks of an hls.js instance; until then the list is empty. */
  attach(hls) {
    this.#hls = hls;
  }

  get length() {
    return this.#sounds.length;
  }

  get selected() {
    return this.#hls?.audioTrack ?? -1;
  }

  [Symbol.iterator]() {
    return this.#sounds[Symbol.iterator]();
  }

  /** Replace the list by hls.js audio tracks. */
  fill(tracks) {
    this.#sounds = tracks.map((track, index) => new Sound(this, index, track));
    this.dispatchEvent(new Event("addtrack"));
  }

  /** Switch to a track, and store its language for other videos. */
  select(index) {
    this.#hls.audioTrack = index;
    saveSoundLanguage(this.#sounds[index].language);
    this.dispatchEvent(new Event("change"));
  }
}
