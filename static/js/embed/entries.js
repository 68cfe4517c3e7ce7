// The entries of a playlist in a frame: a part of it is in the page, others are fetched when they are needed.

export class Entries {
  #panel;
  #query;

  /** `panel` holds the list; `site` is the host around the frame, which decides what may be shown. */
  constructor(panel, site) {
    this.#panel = panel;
    this.#query = site ? `&site=${encodeURIComponent(site)}` : "";
  }

  get #list() {
    return this.#panel.querySelector("[data-items]");
  }

  get total() {
    return Number(this.#list.dataset.total);
  }

  /** Indexes, from 1, of the first and last item that the page knows about. */
  get bounds() {
    return [Number(this.#list.dataset.first), Number(this.#list.dataset.last)];
  }

  get all() {
    return [...this.#list.querySelectorAll("[data-item]")];
  }

  get current() {
    return this.#list.querySelector("[aria-current]");
  }

  /** The next entry from `index` on, or back from it when `step` is -1; null when there is none. */
  async find(index, step) {
    for (let at = index; at >= 1 && at <= this.total; ) {
      let [first, last] = this.bounds;
      if (at < first || at > last) {
        if (!(await this.#load(at))) return null;
        [first, last] = this.bounds;
      }
      const found = this.#nearest(at, step);
      if (found) return found;
      // The page of a far place may begin later than was asked, past entries that can't be shown.
      const next = step > 0 ? Math.max(last, at) + 1 : Math.min(first, at) - 1;
      at = next;
    }
    return null;
  }

  select(entry) {
    this.current?.removeAttribute("aria-current");
    entry.setAttribute("aria-current", "true");
  }

  #nearest(index, step) {
    const fits = this.all.filter((entry) => (Number(entry.dataset.index) - index) * step >= 0);
    return (step > 0 ? fits[0] : fits.at(-1)) ?? null;
  }

  async #load(index) {
    try {
      const answer = await fetch(`${location.pathname}?index=${index}${this.#query}`, { headers: { "HX-Request": "true" } });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.#list.replaceWith(page.querySelector("[data-items]"));
      return true;
    } catch {
      return false;
    }
  }
}
