/** Files and tokens on disk, for Node. */

import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { ApiError, FileChanged, NetworkError, NotStreamsite } from "./errors.js";

const MAX_FAILURES = 5;

/**
 * Open a file for `client.videos.upload`; close it afterwards.
 * @param {string} path
 */
export async function openFile(path) {
  const handle = await open(path, "r");
  const { size, mtimeMs } = await handle.stat();
  return {
    name: basename(path),
    size,
    lastModified: Math.round(mtimeMs),
    /** @param {number} start @param {number} end @returns {Promise<Uint8Array<ArrayBuffer>>} */
    async slice(start, end) {
      const now = await handle.stat();
      if (now.size !== size || now.mtimeMs !== mtimeMs) {
        throw new FileChanged(`${basename(path)} changed while it was uploaded.`);
      }
      const bytes = new Uint8Array(end - start);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, start + length);
        if (!bytesRead) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    },
    async close() {
      await handle.close();
    },
  };
}

/** @param {string} path @returns {Promise<Record<string, any>>} */
async function readJson(path) {
  try {
    const content = JSON.parse(await readFile(path, "utf8"));
    return typeof content === "object" && content ? content : {};
  } catch {
    return {};
  }
}

/** @param {string} path @param {unknown} content */
async function writePrivate(path, content) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(JSON.stringify(content));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

/** Keeps tokens in a file of mode 0600. For one process at a time. */
export class FileStore {
  #path;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
  }

  /** @returns {Promise<import("./stores.js").Tokens | null>} */
  async load() {
    const content = await readJson(this.#path);
    return content.refresh ? /** @type {import("./stores.js").Tokens} */ (content) : null;
  }

  /** @param {import("./stores.js").Tokens} tokens @returns {Promise<void>} */
  async save(tokens) {
    await writePrivate(this.#path, tokens);
  }

  /** @returns {Promise<void>} */
  async clear() {
    await rm(this.#path, { force: true });
  }
}

/** Remembers unfinished uploads in a file, as `localStorage` does in a browser. For one process at a time. */
export class FileMemory {
  #path;

  /** @param {string} path */
  constructor(path) {
    this.#path = path;
  }

  /** @param {string} name @returns {Promise<string | null>} */
  async getItem(name) {
    return (await readJson(this.#path))[name] ?? null;
  }

  /** @param {string} name @param {string} value @returns {Promise<void>} */
  async setItem(name, value) {
    await writePrivate(this.#path, { ...(await readJson(this.#path)), [name]: value });
  }

  /** @param {string} name @returns {Promise<void>} */
  async removeItem(name) {
    const { [name]: _removed, ...rest } = await readJson(this.#path);
    await writePrivate(this.#path, rest);
  }
}

/**
 * Download a video to a file. A second call continues a first that was broken off.
 * @param {import("./index.js").Client} client
 * @param {string} videoId
 * @param {string} target
 * @param {{ onProgress?: (arrived: number, total: number) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<void>}
 */
export async function downloadToFile(client, videoId, target, options = {}) {
  const part = `${target}.part`;
  for (let failures = 0; ; failures++) {
    try {
      await receive(client, videoId, part, options);
      break;
    } catch (error) {
      const isTooFar = error instanceof ApiError && error.status === 416;
      if (!(isTooFar || error instanceof NetworkError) || failures >= MAX_FAILURES) throw error;
      if (isTooFar) await rm(part, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** failures));
    }
  }
  await rename(part, target);
  await rm(`${part}.json`, { force: true });
}

/**
 * @param {import("./index.js").Client} client @param {string} videoId @param {string} part
 * @param {{ onProgress?: (arrived: number, total: number) => void, signal?: AbortSignal }} options
 */
async function receive(client, videoId, part, { onProgress, signal }) {
  const { etag = "" } = await readJson(`${part}.json`);
  const offset = etag ? await sizeOf(part) : 0;
  const response = await client.videos.download(videoId, { offset, etag, signal });
  const isRest = response.status === 206;
  const rest = Number(response.headers.get("content-length") ?? 0);
  if (isRest && !response.headers.get("content-range")?.startsWith(`bytes ${offset}-`)) {
    throw new NotStreamsite("The answer is another part of the file than was asked for.");
  }
  if (!isRest) await startPart(part, response.headers.get("etag") ?? "");
  const total = rest + (isRest ? offset : 0);
  let arrived = isRest ? offset : 0;
  const handle = await open(part, isRest ? "a" : "w");
  try {
    for await (const chunk of chunksOf(response)) {
      await handle.appendFile(chunk);
      arrived += chunk.length;
      onProgress?.(arrived, total);
    }
  } finally {
    await handle.close();
  }
  if (rest && arrived !== total) throw new NetworkError("The download was broken off.");
}

/** @param {string} part @param {string} etag */
async function startPart(part, etag) {
  await rm(part, { force: true });
  // A weak one does not promise the same bytes.
  await writePrivate(`${part}.json`, { etag: etag.startsWith("W/") ? "" : etag });
}

/** @param {Response} response @returns {AsyncGenerator<Uint8Array>} */
async function* chunksOf(response) {
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    let piece;
    try {
      piece = await reader.read();
    } catch (cause) {
      throw new NetworkError("The download was broken off.", { cause });
    }
    if (piece.done) return;
    yield piece.value;
  }
}

/** @param {string} path @returns {Promise<number>} */
async function sizeOf(path) {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
