/** The caller's account, watch history, and personal tokens. */

import { newKey, path } from "./core.js";
import { Rows } from "./rows.js";

/** @typedef {import("./types.js").Account} AccountBody */

export class Account {
  #core;

  /** @param {import("./core.js").Core} core */
  constructor(core) {
    this.#core = core;
  }

  /**
   * Create an account, without signing in.
   * @param {{ username: string, email: string, password: string, full_name?: string, invitation?: string,
   *   accept_terms?: boolean }} fields
   * @returns {Promise<AccountBody>}
   */
  async register(fields) {
    return this.#core.call("POST", "auth/register", { json: fields, anonymous: true });
  }

  /**
   * Start a session. Throws `OtpRequired` when a code is needed, `Unauthorized`.
   * @param {string} login username or email
   * @param {string} password
   * @param {{ otp?: string, remember?: boolean }} [options]
   * @returns {Promise<AccountBody>}
   */
  async signIn(login, password, options = {}) {
    return this.#core.signIn(login, password, options);
  }

  /** End the session and forget its tokens. @returns {Promise<void>} */
  async signOut() {
    await this.#core.signOut();
  }

  /** @returns {Promise<AccountBody>} */
  async me() {
    return this.#core.call("GET", "me");
  }

  /** @param {Record<string, unknown>} changes @returns {Promise<AccountBody>} */
  async update(changes) {
    return this.#core.call("PATCH", "me", { json: changes });
  }

  /** @param {{ q?: string }} [filters] */
  history(filters) {
    return /** @type {Rows<import("./types.js").HistoryEntry>} */ (new Rows(this.#core, "me/history", filters));
  }

  /** Remove a video from the watch history, or clear it. @param {string} [videoId] @returns {Promise<void>} */
  async forget(videoId) {
    await this.#core.call("DELETE", videoId === undefined ? path("me", "history") : path("me", "history", videoId));
  }

  likes() {
    return /** @type {Rows<import("./types.js").Card>} */ (new Rows(this.#core, "me/likes"));
  }

  apiTokens() {
    return /** @type {Rows<import("./types.js").ApiToken>} */ (new Rows(this.#core, "auth/api-tokens"));
  }

  /**
   * Create a personal token; the answer is the only one with its secret. Needs a sign-in of the last ten minutes.
   * @param {string} name
   * @param {("read" | "upload" | "write")[]} scopes
   * @param {{ expiresAt?: string, key?: string }} [options]
   * @returns {Promise<import("./types.js").ApiToken>}
   */
  async createApiToken(name, scopes, { expiresAt, key } = {}) {
    const json = { name, scopes, expires_at: expiresAt };
    return this.#core.call("POST", "auth/api-tokens", { json, key: key ?? (await newKey()) });
  }

  /** @param {string} id @returns {Promise<void>} */
  async deleteApiToken(id) {
    await this.#core.call("DELETE", path("auth", "api-tokens", id));
  }
}
