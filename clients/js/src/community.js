/** Comments, playlists and channels. */

import { ifMatch, newKey, path } from "./core.js";
import { Rows } from "./rows.js";

/**
 * @typedef {import("./core.js").Core} Core
 * @typedef {import("./types.js").Comment} Comment
 * @typedef {import("./types.js").Playlist} Playlist
 * @typedef {import("./types.js").Item} Item
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Channel} Channel
 * @typedef {import("./types.js").Subscription} Subscription
 */

/** Comments on videos, and replies. */
export class Comments {
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** @param {string} videoId @param {{ sort?: "top" | "newest" }} [filters] */
  ofVideo(videoId, filters) {
    return /** @type {Rows<Comment>} */ (new Rows(this.#core, path("videos", videoId, "comments"), filters));
  }

  /** @param {string} id */
  replies(id) {
    return /** @type {Rows<Comment>} */ (new Rows(this.#core, path("comments", id, "replies")));
  }

  /** `key` makes repeated calls write one. @param {string} videoId @param {string} text @param {{ key?: string }} [options] @returns {Promise<Comment>} */
  async add(videoId, text, { key } = {}) {
    const where = path("videos", videoId, "comments");
    return this.#core.call("POST", where, { json: { text }, key: key ?? (await newKey()) });
  }

  /** @param {string} id @param {string} text @param {{ key?: string }} [options] @returns {Promise<Comment>} */
  async reply(id, text, { key } = {}) {
    const where = path("comments", id, "replies");
    return this.#core.call("POST", where, { json: { text }, key: key ?? (await newKey()) });
  }

  /** @param {string} id @param {string} text @param {{ ifVersion?: number }} [options] @returns {Promise<Comment>} */
  async edit(id, text, { ifVersion } = {}) {
    return this.#core.call("PATCH", path("comments", id), { json: { text }, headers: ifMatch(ifVersion) });
  }

  /** @param {string} id @returns {Promise<void>} */
  async delete(id) {
    await this.#core.call("DELETE", path("comments", id));
  }
}

/** Playlists and their items. */
export class Playlists {
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** @param {{ role?: "owner" | "collaborator" }} [filters] */
  mine(filters) {
    return /** @type {Rows<Playlist>} */ (new Rows(this.#core, "playlists", filters));
  }

  /** @param {string} id */
  items(id) {
    return /** @type {Rows<Item>} */ (new Rows(this.#core, path("playlists", id, "items")));
  }

  /** @param {string} id @returns {Promise<Playlist>} */
  async get(id) {
    return this.#core.call("GET", path("playlists", id));
  }

  /**
   * @param {{ title: string, description?: string, visibility?: string, video_ids?: string[] }} fields
   * @param {{ key?: string }} [options]
   * @returns {Promise<Playlist>}
   */
  async create(fields, { key } = {}) {
    const json = { visibility: "private", ...fields };
    return this.#core.call("POST", "playlists", { json, key: key ?? (await newKey()) });
  }

  /** @param {string} id @param {Record<string, unknown>} changes @param {{ ifVersion?: number }} [options] @returns {Promise<Playlist>} */
  async update(id, changes, { ifVersion } = {}) {
    return this.#core.call("PATCH", path("playlists", id), { json: changes, headers: ifMatch(ifVersion) });
  }

  /** @param {string} id @returns {Promise<void>} */
  async delete(id) {
    await this.#core.call("DELETE", path("playlists", id));
  }

  /**
   * Add a video. Throws `Conflict` (`already_in_playlist`).
   * @param {string} id @param {string} videoId
   * @param {{ position?: number, note?: string, key?: string }} [options]
   * @returns {Promise<Item>}
   */
  async add(id, videoId, { position, note, key } = {}) {
    const json = { video_id: videoId, position, note };
    return this.#core.call("POST", path("playlists", id, "items"), { json, key: key ?? (await newKey()) });
  }

  /**
   * Move an item to a position, or before or after another item.
   * @param {string} id @param {string} itemId
   * @param {{ position?: number, before?: string, after?: string }} place
   * @param {{ ifVersion?: number }} [options]
   * @returns {Promise<Item>}
   */
  async move(id, itemId, place, { ifVersion } = {}) {
    const where = path("playlists", id, "items", itemId);
    return this.#core.call("PATCH", where, { json: place, headers: ifMatch(ifVersion) });
  }

  /** @param {string} id @param {string} itemId @returns {Promise<void>} */
  async remove(id, itemId) {
    await this.#core.call("DELETE", path("playlists", id, "items", itemId));
  }

  watchLater() {
    return /** @type {Rows<Item>} */ (new Rows(this.#core, "me/watch-later"));
  }
}

/** Channels and subscriptions. */
export class Channels {
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** @param {string} q */
  search(q) {
    return /** @type {Rows<Channel>} */ (new Rows(this.#core, "channels", { q }));
  }

  /** @param {string} username @returns {Promise<import("./types.js").ChannelProfile>} */
  async get(username) {
    return this.#core.call("GET", path("channels", username));
  }

  /** @param {string} username */
  videos(username) {
    return /** @type {Rows<Card>} */ (new Rows(this.#core, path("channels", username, "videos")));
  }

  subscriptions() {
    return /** @type {Rows<Channel>} */ (new Rows(this.#core, "me/subscriptions"));
  }

  feed() {
    return /** @type {Rows<Card>} */ (new Rows(this.#core, "me/feed"));
  }

  /** @param {string} username @param {{ notify?: "all" | "none" }} [options] @returns {Promise<Subscription>} */
  async subscribe(username, { notify } = {}) {
    return this.#core.call("PUT", path("channels", username, "subscription"), { json: { notify } });
  }

  /** @param {string} username @returns {Promise<Subscription>} */
  async unsubscribe(username) {
    return this.#core.call("DELETE", path("channels", username, "subscription"));
  }
}
