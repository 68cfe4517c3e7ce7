// What media-chrome's quality menu asks of a media element: a list of renditions with a selected index.

/**
 * Return the number in a label such as "1080p": from the rendition's folder, which is named so, else from the size, as
 * films are usually named (a 1920x800 film is 1080p).
 *
 * @param {{ uri?: string, width: number, height: number }} level
 */
export function linesOf({ uri, width, height }) {
  const named = /\/(\d+)p(?:-\w+)?\/[^/?]*(?:$|\?)/.exec(uri ?? "");
  if (named) return Number(named[1]);
  return Math.round(Math.max(Math.min(width, height), (Math.max(width, height) * 9) / 16));
}

/** One rendition; the menu labels it by its shorter side. */
function rendition(level, index) {
  const { width, height, bitrate, frameRate } = level;
  const side = width >= height ? "height" : "width";
  return { id: String(index), width, height, [side]: linesOf(level), bitrate, frameRate };
}

export class RenditionList extends EventTarget {
  #length = 0;
  #selected = -1;
  #onSelect;

  /** `onSelect(index)` is told the viewer's choice; -1 stands for automatic. */
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

  /** Replaces the list by hls.js levels; their height is the lines that viewers know them by. */
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
