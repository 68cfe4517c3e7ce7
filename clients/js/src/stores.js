/** Where the tokens of a session are kept. */

/**
 * @typedef {object} Tokens
 * @property {string} access
 * @property {string} refresh
 * @property {number} expiresAt when the access token ends, in milliseconds since 1970
 * @property {string} sessionId
 *
 * @typedef {object} TokenStore
 * @property {() => Promise<Tokens | null>} load
 * @property {(tokens: Tokens) => Promise<void>} save
 * @property {() => Promise<void>} clear
 */

/** Keeps tokens as long as the page or process lives, where no other script finds them. */
export class MemoryStore {
  /** @type {Tokens | null} */
  #tokens = null;

  /** @returns {Promise<Tokens | null>} */
  async load() {
    return this.#tokens;
  }

  /** @param {Tokens} tokens @returns {Promise<void>} */
  async save(tokens) {
    this.#tokens = tokens;
  }

  /** @returns {Promise<void>} */
  async clear() {
    this.#tokens = null;
  }
}
