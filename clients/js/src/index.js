/** A client of Streamsite, the self-hosted video site, for browsers and Node. */

import { Account } from "./account.js";
import { Channels, Comments, Playlists } from "./community.js";
import { Core } from "./core.js";
import { Videos } from "./videos.js";

export * from "./errors.js";
export { Rows } from "./rows.js";
export { MemoryStore } from "./stores.js";

/**
 * A client of the site at `site`, such as `https://video.example.org`. Give it an API token, or sign in with
 * `client.account.signIn`. On a page of another origin than the site's, its operator has to allow that origin.
 */
export class Client {
  /** @param {string} site @param {import("./core.js").Options} [options] */
  constructor(site, options = {}) {
    const core = new Core(site, options);
    this.site = core.site;
    this.account = new Account(core);
    this.videos = new Videos(core);
    this.comments = new Comments(core);
    this.playlists = new Playlists(core);
    this.channels = new Channels(core);
  }
}
