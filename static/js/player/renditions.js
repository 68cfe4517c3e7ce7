// What media-chrome's quality menu asks of a media element: a list of renditions with a selected index.

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

  /** Replaces the list by hls.js levels. */
  fill(levels) {
    while (this.#length) {
      this.#length -= 1;
      delete this[this.#length];
    }
    levels.forEach((level, index) => {
      this[index] = { id: String(index), width: level.width, height: level.height, bitrate: level.bitrate, frameRate: level.frameRate };
    });
    this.#length = levels.length;
    this.#selected = -1;
    this.dispatchEvent(new Event(levels.length ? "addrendition" : "removerendition"));
  }
}
