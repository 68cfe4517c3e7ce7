/** Resumable uploads by tus 1.0: in chunks with checksums, continued after whatever broke them off. */

import { newKey, sleep, webCrypto } from "./core.js";
import { ApiError, FileChanged, NetworkError, NotFound, NotStreamsite, UploadInterrupted } from "./errors.js";

/**
 * @typedef {import("./core.js").Core} Core
 *
 * A Blob, a File, or a file that `openFile` of `streamsite-client/node` opened.
 * @typedef {object} Source
 * @property {number} size
 * @property {string} [name]
 * @property {number} [lastModified]
 * @property {(start: number, end: number) => Blob | Promise<Uint8Array<ArrayBuffer>>} slice
 *
 * @typedef {object} UploadMemory where unfinished uploads are remembered, as `localStorage` does
 * @property {(name: string) => string | null | Promise<string | null>} getItem
 * @property {(name: string, value: string) => void | Promise<void>} setItem
 * @property {(name: string) => void | Promise<void>} removeItem
 *
 * @typedef {object} UploadOptions
 * @property {string} [title]
 * @property {string} [description]
 * @property {import("./types.js").Visibility} [visibility] private by default
 * @property {string} [category]
 * @property {string} [language]
 * @property {string} [license]
 * @property {string} [originally_published_on]
 * @property {string} [filename] the name of the source by default
 * @property {(sent: number, total: number) => void} [onProgress]
 * @property {UploadMemory} [memory] with it, the same call continues an upload that was broken off
 * @property {number} [chunkBytes]
 * @property {AbortSignal} [signal]
 */

const TUS = { "Tus-Resumable": "1.0.0" };
const CHUNK_BYTES = 8 * 1024 * 1024;
const RECOVERABLE = new Set([409, 423, 460, 500, 502, 503, 504]);
const MAX_FAILURES = 8;
const FIELDS = /** @type {const} */ ([
  "title",
  "description",
  "visibility",
  "category",
  "language",
  "license",
  "originally_published_on",
]);

/** @param {Uint8Array} bytes @returns {string} */
function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** An upload in progress. */
class Transfer {
  path = "";
  offset = 0;
  videoId = "";
  failures = 0;

  /** @param {Core} core @param {Source} source @param {UploadOptions} options */
  constructor(core, source, options) {
    this.core = core;
    this.source = source;
    this.options = options;
    this.name = options.filename ?? source.name ?? "video";
  }

  /** @returns {string} What the upload is remembered by; empty for a source that is not recognized again. */
  get memoryName() {
    if (!this.options.memory || this.source.lastModified === undefined) return "";
    return `streamsite-upload:${this.core.site}:${this.name}:${this.source.size}:${this.source.lastModified}`;
  }

  /** @returns {string} The header Upload-Metadata. */
  get metadata() {
    /** @type {Record<string, string | undefined>} */
    const values = { filename: this.name, visibility: "private" };
    for (const name of FIELDS) values[name] = this.options[name] ?? values[name];
    const encoder = new TextEncoder();
    return Object.entries(values)
      .filter(([, value]) => value)
      .map(([name, value]) => `${name} ${base64(encoder.encode(value))}`)
      .join(",");
  }

  /** @param {Response} response */
  note(response) {
    const offset = Number(response.headers.get("upload-offset") ?? NaN);
    if (!Number.isInteger(offset)) throw new NotStreamsite("The answer does not say how much has arrived.");
    if (offset > this.offset) this.failures = 0;
    this.offset = offset;
    this.videoId = response.headers.get("x-video-id") ?? this.videoId;
    this.options.onProgress?.(offset, this.source.size);
  }

  /** Continue what is remembered, or create. */
  async begin() {
    const kept = this.memoryName ? await this.options.memory?.getItem(this.memoryName) : null;
    const begun = kept ? JSON.parse(kept) : null;
    if (begun?.path) {
      this.path = this.core.ownPath(begun.path);
      try {
        return await this.ask();
      } catch (error) {
        if (!(error instanceof NotFound)) throw error; // else it has expired
      }
    }
    // Remembered before it is sent: a creation whose answer is lost is then repeated, not made again.
    const key = begun?.path ? await newKey() : (begun?.key ?? (await newKey()));
    await this.remember({ key, path: "" });
    try {
      await this.create(key);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "idempotency_mismatch") throw error;
      await this.create(await newKey());
    }
    await this.remember({ key, path: this.path });
  }

  /** @param {string} key */
  async create(key) {
    const headers = { ...TUS, "Upload-Length": String(this.source.size), "Upload-Metadata": this.metadata };
    const response = await this.core.exchange("POST", "uploads", { headers, key, signal: this.options.signal });
    this.path = this.core.ownPath(response.headers.get("location") ?? "");
    this.videoId = response.headers.get("x-video-id") ?? "";
    if (response.headers.has("upload-offset")) this.note(response);
  }

  /** @param {{ key: string, path: string }} begun */
  async remember(begun) {
    if (this.memoryName) await this.options.memory?.setItem(this.memoryName, JSON.stringify(begun));
  }

  /** Ask how far the upload is. */
  async ask() {
    const response = await this.core.exchange("HEAD", this.path, { headers: TUS, signal: this.options.signal });
    const length = response.headers.get("upload-length");
    if (length !== null && Number(length) !== this.source.size) {
      throw new FileChanged(`${this.name} is not the file that was being uploaded.`);
    }
    this.note(response);
  }

  /** Send the next bytes; on trouble wait, and ask how far the upload is. */
  async sendChunk() {
    const end = Math.min(this.source.size, this.offset + (this.options.chunkBytes ?? CHUNK_BYTES));
    const part = await this.source.slice(this.offset, end);
    const body = part instanceof Blob ? new Uint8Array(await part.arrayBuffer()) : part;
    if (body.length !== end - this.offset) throw new FileChanged(`${this.name} changed while it was uploaded.`);
    /** @type {Record<string, string>} */
    const headers = {
      ...TUS,
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(this.offset),
    };
    const { subtle } = await webCrypto();
    if (subtle) {
      const digest = new Uint8Array(await subtle.digest("SHA-256", body));
      headers["Upload-Checksum"] = `sha256 ${base64(digest)}`;
    }
    try {
      this.note(await this.core.exchange("PATCH", this.path, { headers, body, signal: this.options.signal }));
    } catch (error) {
      await this.recover(error);
    }
  }

  /** @param {unknown} error */
  async recover(error) {
    const isRecoverable =
      error instanceof NetworkError || (error instanceof ApiError && RECOVERABLE.has(error.status));
    if (!isRecoverable) throw error;
    this.failures += 1;
    if (this.failures > MAX_FAILURES) {
      throw new UploadInterrupted(`${this.name}: ${error.message}`, { cause: error });
    }
    await sleep(Math.min(20, 0.25 * 2 ** this.failures), this.options.signal);
    try {
      await this.ask();
    } catch (again) {
      if (!(again instanceof NetworkError)) throw again;
      throw new UploadInterrupted(`${this.name}: ${again.message}`, { cause: again });
    }
  }
}

/**
 * Upload a file as a new video; return its id once all bytes have arrived.
 * @param {Core} core
 * @param {Source} source
 * @param {UploadOptions} [options]
 * @returns {Promise<{ videoId: string, size: number }>}
 */
export async function upload(core, source, options = {}) {
  const transfer = new Transfer(core, source, options);
  if (source.size === 0) throw new TypeError(`${transfer.name} is empty.`);
  await transfer.begin();
  options.onProgress?.(transfer.offset, source.size);
  while (transfer.offset < source.size) await transfer.sendChunk();
  if (transfer.memoryName) await options.memory?.removeItem(transfer.memoryName);
  return { videoId: transfer.videoId, size: source.size };
}
