// The cues of a track and what can be done with them; every change can be undone. Pure.

/** @typedef {import("./vtt.js").Cue} Cue */

const MAX_UNDO = 100;
const NEW_SECONDS = 2;
const MIN_SECONDS = 0.1;

/** @param {number} value */
const rounded = (value) => Math.round(value * 1000) / 1000;

export class CueList {
  /** @type {Cue[]} */
  cues;
  /** @type {Cue[][]} */
  #undo = [];

  /** @param {Cue[]} cues */
  constructor(cues) {
    this.cues = cues;
  }

  /** Whether there is a change to undo. */
  get canUndo() {
    return this.#undo.length > 0;
  }

  /** Remember the cues as they are, before a change. */
  remember() {
    this.#undo.push(this.cues.map((cue) => ({ ...cue })));
    if (this.#undo.length > MAX_UNDO) this.#undo.shift();
  }

  /** Take back the last change. Return whether there was one. */
  undo() {
    const before = this.#undo.pop();
    if (before) this.cues = before;
    return Boolean(before);
  }

  /**
   * Change the text of a cue.
   *
   * @param {number} index
   * @param {string} text
   */
  setText(index, text) {
    const cue = this.cues[index];
    if (cue.text === text) return;
    cue.text = text;
    delete cue.raw;
  }

  /**
   * Move the start of a cue. One that would begin after its end keeps its length.
   *
   * @param {number} index
   * @param {number} start
   */
  setStart(index, start) {
    const cue = this.cues[index];
    const length = cue.end - cue.start;
    this.remember();
    cue.start = rounded(Math.max(0, start));
    if (cue.end <= cue.start) cue.end = rounded(cue.start + length);
  }

  /**
   * Move the end of a cue. Return false, and change nothing, when it is not after the start.
   *
   * @param {number} index
   * @param {number} end
   */
  setEnd(index, end) {
    if (end <= this.cues[index].start) return false;
    this.remember();
    this.cues[index].end = rounded(end);
    return true;
  }

  /** Put the cues in order of time, and return the new index of one. @param {number} index */
  sort(index) {
    const cue = this.cues[index];
    this.cues.sort((one, other) => one.start - other.start || one.end - other.end);
    return this.cues.indexOf(cue);
  }

  /** Add an empty cue at a time, up to the next one, and return its index. @param {number} at */
  add(at) {
    this.remember();
    const start = rounded(Math.max(0, at));
    const next = this.cues.find((cue) => cue.start > start + MIN_SECONDS);
    const end = rounded(Math.min(start + NEW_SECONDS, next?.start ?? Infinity));
    this.cues.push({ start, end, text: "" });
    return this.sort(this.cues.length - 1);
  }

  /** @param {number} index */
  remove(index) {
    this.remember();
    this.cues.splice(index, 1);
  }

  /**
   * Split a cue in two: its text at `caret`, or at the word nearest to its middle; its time at `at`, where that is
   * within it, or by the share of the text. Return false when there is only one word.
   *
   * @param {number} index
   * @param {number} caret
   * @param {number} at
   */
  split(index, caret, at) {
    const cue = this.cues[index];
    const { text, start, end } = cue;
    const place = text.slice(0, caret).trim() && text.slice(caret).trim() ? caret : middleOf(text);
    if (!place) return false;
    this.remember();
    const isWithin = at > start + MIN_SECONDS && at < end - MIN_SECONDS;
    const cut = rounded(isWithin ? at : start + ((end - start) * place) / text.length);
    this.cues.splice(index, 1, { start, end: cut, text: text.slice(0, place).trim() }, { start: cut, end, text: text.slice(place).trim() });
    return true;
  }

  /** Join a cue with the next one. Return false for the last. @param {number} index */
  merge(index) {
    const [cue, next] = this.cues.slice(index, index + 2);
    if (!next) return false;
    this.remember();
    const text = [cue.text, next.text].filter((part) => part.trim()).join("\n");
    this.cues.splice(index, 2, { start: cue.start, end: Math.max(cue.end, next.end), text });
    return true;
  }

  /** Move all cues, but none before the beginning. Return by how many seconds. @param {number} seconds */
  shift(seconds) {
    if (!this.cues.length) return 0;
    const by = Math.max(seconds, -Math.min(...this.cues.map(({ start }) => start)));
    this.remember();
    for (const cue of this.cues) {
      cue.start = rounded(cue.start + by);
      cue.end = rounded(cue.end + by);
    }
    return by;
  }

  /** Return the index of the cue that is shown at a time, or -1. @param {number} time */
  indexAt(time) {
    return this.cues.findIndex(({ start, end }) => start <= time && time < end);
  }
}

/** Return the place of the space nearest to the middle of a text, 0 without one. @param {string} text */
function middleOf(text) {
  const spaces = [...text.trim().matchAll(/\s+/g)].map(({ index }) => index);
  const middle = text.length / 2;
  return spaces.sort((one, other) => Math.abs(one - middle) - Math.abs(other - middle))[0] ?? 0;
}
