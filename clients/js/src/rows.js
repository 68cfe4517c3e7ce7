/** Lists of the API, fetched page by page while they are read. */

const PAGE_SIZE = 100;

/**
 * The rows of a list: `for await (const row of rows)`.
 * @template T
 */
export class Rows {
  #core;
  #path;
  #params;

  /** @param {import("./core.js").Core} core @param {string} path @param {import("./core.js").Params} [params] */
  constructor(core, path, params = {}) {
    this.#core = core;
    this.#path = path;
    this.#params = { page_size: PAGE_SIZE, ...params };
  }

  /**
   * Yield whole pages, with what the API says about them.
   * @returns {AsyncGenerator<import("./types.js").Page<T>, void, undefined>}
   */
  async *pages() {
    let page = await this.#core.call("GET", this.#path, { params: this.#params });
    for (;;) {
      yield page;
      if (!page.next) return;
      page = await this.#core.call("GET", this.#core.ownPath(page.next));
    }
  }

  /** @returns {AsyncGenerator<T, void, undefined>} */
  async *[Symbol.asyncIterator]() {
    for await (const page of this.pages()) yield* page.results;
  }

  /** @param {number} [limit] @returns {Promise<T[]>} The first rows, or all. */
  async toArray(limit = Infinity) {
    /** @type {T[]} */
    const found = [];
    for await (const row of this) {
      if (found.length >= limit) break;
      found.push(row);
    }
    return found;
  }
}
