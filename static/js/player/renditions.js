// What media-chrome's quality menu asks of a media element: a list of renditions with a selected index.

/** A film of 1920x800 is "1080p": the folder of a rendition is named so. */
function linesOf({ uri, width, height }) {
  const name = /\/(\d+)p(?:-\w+)?\/[^/?]*(?:$|\?)/.exec(uri);
  return name ? Number(name[1]) : Math.min(width, height);
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
      const height = linesOf(level);
      const width = Math.max(height, level.width, level.height);
      this[index] = { id: String(index), width, height, bitrate: level.bitrate, frameRate: level.frameRate };
    });
    this.#length = levels.length;
    this.#selected = -1;
    this.dispatchEvent(new Event(levels.length ? "addrendition" : "removerendition"));
  }
}
