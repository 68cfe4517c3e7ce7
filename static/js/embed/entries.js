// The entries of an embedded playlist: a part of them is in the page, others are fetched when they are needed.

const describe = ({ dataset }) => ({ index: Number(dataset.index), id: dataset.videoId, title: dataset.title });

/** The list in the page, and the entry that plays. */
export class Entries {
  #panel;
  #query;
  #current;

  /** `panel` contains the list; `site` is the host around the frame, which decides what may be shown. */
  constructor(panel, site) {
    this.#panel = panel;
    this.#query = site ? `&site=${encodeURIComponent(site)}` : "";
    this.#current = describe(this.marked);
  }

  get #list() {
    return this.#panel.querySelector("[data-items]");
  }

  get total() {
    return Number(this.#list.dataset.total);
  }

  /** The indexes, from 1, of the first and the last item in the page. */
  get bounds() {
    return [Number(this.#list.dataset.first), Number(this.#list.dataset.last)];
  }

  get all() {
    return [...this.#list.querySelectorAll("[data-item]")];
  }

  /** The entry that plays: `{index, id, title}`. It may be in a part that isn't in the page. */
  get current() {
    return this.#current;
  }

  /** The element of the entry that plays, if it is in the page. */
  get marked() {
    return this.#list.querySelector("[aria-current]");
  }

  /** Resolve to the next entry from `index` on, or back from it when `step` is -1; to null when there is none. */
  async find(index, step) {
    let at = index;
    while (at >= 1 && at <= this.total) {
      const isHere = at >= this.bounds[0] && at <= this.bounds[1];
      if (!isHere && !(await this.#load(at))) return null;
      const found = this.#nearest(at, step);
      if (found) return found;
      at = step > 0 ? this.bounds[1] + 1 : this.bounds[0] - 1;
    }
    return null;
  }

  select(entry) {
    this.#current = describe(entry);
    this.#mark();
  }

  #mark() {
    this.marked?.removeAttribute("aria-current");
    this.#list.querySelector(`[data-index="${this.#current.index}"]`)?.setAttribute("aria-current", "true");
  }

  #nearest(index, step) {
    const fits = this.all.filter((entry) => (Number(entry.dataset.index) - index) * step >= 0);
    return (step > 0 ? fits[0] : fits.at(-1)) ?? null;
  }

  /** Load the part around `index`; resolve to false when that fails. */
  async #load(index) {
    try {
      const answer = await fetch(`${location.pathname}?index=${index}${this.#query}`, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#list.replaceWith(page.querySelector("[data-items]"));
      this.#mark();
      // The playlist may have become shorter meanwhile.
      return this.bounds[0] <= index && index <= this.bounds[1];
    } catch {
      return false;
    }
  }
}
