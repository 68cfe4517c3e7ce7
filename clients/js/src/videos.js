/** Videos: finding, uploading, changing, downloading. */

import { ifMatch, newKey, path, sleep } from "./core.js";
import { errorOf, NotDownloadable, ProcessingFailed } from "./errors.js";
import { Rows } from "./rows.js";
import { upload } from "./upload.js";

/**
 * @typedef {import("./core.js").Core} Core
 * @typedef {import("./core.js").Params} Params
 * @typedef {import("./types.js").Video} Video
 * @typedef {import("./types.js").Card} Card
 * @typedef {import("./types.js").Caption} Caption
 */

export class Videos {
  #core;

  /** @param {Core} core */
  constructor(core) {
    this.#core = core;
  }

  /** List the public library. @param {Params} [filters] `q`, `channel`, `tag`, `sort` and the others of the API */
  search(filters) {
    return /** @type {Rows<Card>} */ (new Rows(this.#core, "videos", filters));
  }

  /** List the caller's videos in every state. @param {Params} [filters] */
  mine(filters) {
    return /** @type {Rows<Card>} */ (new Rows(this.#core, "studio/videos", filters));
  }

  /** @param {string} id @returns {Promise<Video>} */
  async get(id) {
    return this.#core.call("GET", path("videos", id));
  }

  /**
   * Change a video. With `ifVersion`, throws `PreconditionFailed` when it is not that version any more.
   * @param {string} id @param {Record<string, unknown>} changes @param {{ ifVersion?: number }} [options]
   * @returns {Promise<Video>}
   */
  async update(id, changes, { ifVersion } = {}) {
    return this.#core.call("PATCH", path("videos", id), { json: changes, headers: ifMatch(ifVersion) });
  }

  /** @param {string} id @param {{ ifVersion?: number }} [options] @returns {Promise<void>} */
  async delete(id, { ifVersion } = {}) {
    await this.#core.call("DELETE", path("videos", id), { headers: ifMatch(ifVersion) });
  }

  /**
   * Upload a file as a new video, in chunks.
   * @param {import("./upload.js").Source} source @param {import("./upload.js").UploadOptions} [options]
   * @returns {Promise<{ videoId: string, size: number }>}
   */
  async upload(source, options) {
    return upload(this.#core, source, options);
  }

  /** @param {string} id @returns {Promise<import("./types.js").Processing>} */
  async processing(id) {
    return this.#core.call("GET", path("videos", id, "processing"));
  }

  /** @param {string} id @returns {Promise<import("./types.js").Processing>} */
  async retry(id) {
    return this.#core.call("POST", path("videos", id, "retry"));
  }

  /**
   * Wait until the caller's video is processed. Throws `ProcessingFailed`.
   * @param {string} id
   * @param {{ onProgress?: (part: number) => void, pollSeconds?: number, signal?: AbortSignal }} [options]
   * @returns {Promise<Video>}
   */
  async wait(id, { onProgress, pollSeconds = 2, signal } = {}) {
    for (;;) {
      const job = await this.processing(id);
      onProgress?.(job.status === "ready" ? 1 : job.progress);
      if (job.status === "ready") return this.get(id);
      if (job.status === "failed") {
        throw new ProcessingFailed(
          job.error ?? { code: "failed", detail: "Processing failed.", retryable: false },
        );
      }
      await sleep(pollSeconds, signal);
    }
  }

  /**
   * Ask for the file of a video from a byte on; read `body` of the answer, a stream. Its status is 206, or 200 when it is
   * another file than the one with `etag`, from its beginning. `streamsite-client/node` writes it to a file.
   * @param {string} id
   * @param {{ offset?: number, etag?: string, signal?: AbortSignal }} [options]
   * @returns {Promise<Response>}
   */
  async download(id, { offset = 0, etag = "", signal } = {}) {
    // Asked each time: the URL of a private video ends some hours after it was given.
    const video = await this.get(id);
    if (!video.download_url) throw new NotDownloadable("This video has no file for download.");
    /** @type {Record<string, string>} */
    const headers = offset && etag ? { Range: `bytes=${offset}-`, "If-Range": etag } : {};
    const response = await this.#core.fetchFile(video.download_url, headers, signal);
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  /** @param {string} id @param {"like" | "dislike" | null} value @returns {Promise<import("./types.js").Reaction>} */
  async react(id, value) {
    const where = path("videos", id, "reaction");
    return value ? this.#core.call("PUT", where, { json: { value } }) : this.#core.call("DELETE", where);
  }

  /** Show an image, or the frame at some seconds. @param {string} id @param {Blob | number} image @returns {Promise<Video>} */
  async setThumbnail(id, image) {
    const where = path("videos", id, "thumbnail");
    if (typeof image === "number") return this.#core.call("PUT", where, { json: { at: image } });
    const body = new FormData();
    body.set("file", image, "thumbnail");
    return this.#core.call("PUT", where, { body });
  }

  /** @param {string} id */
  captions(id) {
    return /** @type {Rows<Caption>} */ (new Rows(this.#core, path("videos", id, "captions")));
  }

  /**
   * Add a track from the text of a WebVTT or SubRip file. `key` makes repeated calls add one track.
   * @param {string} id
   * @param {{ language: string, text: string, label?: string, kind?: string }} track
   * @param {{ key?: string }} [options]
   * @returns {Promise<Caption>}
   */
  async addCaptions(id, track, { key } = {}) {
    return this.#core.call("POST", path("videos", id, "captions"), { json: track, key: key ?? (await newKey()) });
  }

  /** @param {string} id @param {string} captionId @returns {Promise<void>} */
  async deleteCaptions(id, captionId) {
    await this.#core.call("DELETE", path("videos", id, "captions", captionId));
  }
}
