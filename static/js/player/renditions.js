// The list of renditions that media-chrome's quality menu expects of a media element.

/** @typedef {{ uri?: string, width: number, height: number, bitrate?: number, frameRate?: number }} Level */

/**
 * Return the number in a label such as "1080p": from the rendition's folder, which is named so, else from the size, as
 * films are usually named (a 1920x800 film is 1080p).
 *
 * @param {Level} level
 */
export function qualityLines({ uri, width, height }) {
  const named = /\/(\d+)p(?:-\w+)?\/[^/?]*(?:$|\?)/.exec(uri ?? "");
  if (named) return Number(named[1]);
  return Math.round(Math.max(Math.min(width, height), (Math.max(width, height) * 9) / 16));
}

/**
 * Return the rendition of an hls.js level. The menu labels it by its shorter side.
 *
 * @param {Level} level
 * @param {number} index
 */
function rendition(level, index) {
  const { width, height, bitrate, frameRate } = level;
  const side = width >= height ? "height" : "width";
  return { id: String(index), width, height, [side]: qualityLines(level), bitrate, frameRate };
}

/** Array-like list of renditions with a selected index. */
export class RenditionList extends EventTarget {
  #length = 0;
  #selected = -1;
  #onSelect;

  /** @param {(index: number) => void} onSelect called with the viewer's choice; -1 is automatic */
  constructor(onSelect) {
    super();
    this.#onSelect = onSelect;
  }

  get length() {
    return this.#length;
  }

  [Symbol.iterator]() {
    return Array.from({ length: this.#length }, (_, index) => this[index])[Symbol.iterator]();
  }

  get selectedIndex() {
    return this.#selected;
  }

  set selectedIndex(index) {
    this.#selected = index;
    this.#onSelect(index);
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Replace the list by hls.js levels.
   *
   * @param {Level[]} levels
   */
  fill(levels) {
    while (this.#length) {
      this.#length -= 1;
      delete this[this.#length];
    }
    levels.forEach((level, index) => {
      this[index] = rendition(level, index);
    });
    this.#length = levels.length;
    this.#selected = -1;
    this.dispatchEvent(new Event(levels.length ? "addrendition" : "removerendition"));
  }
}
