// Sends one file resumably (tus 1.0). Its draft exists before the first byte, so that it can be described meanwhile; the
// bytes go on after a pause, a lost connection, another page of the site, or a reload.
import { ApiError, csrfToken, errorFrom, sleep } from "../api.js";
import { account, removeWhere } from "../browser-storage.js";

const ENDPOINT = "/api/v1/uploads";
// Small enough that a pause or a proxy's time-out loses little.
const CHUNK = 16 * 1024 * 1024;
const RETRY_DELAYS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 30_000, 60_000, 60_000];
const WORTH_RETRYING = new Set([0, 409, 423, 429, 500, 502, 503, 504]);
const PREFIX = "tus::";

/**
 * An upload on the server: its address, its video, and where this browser noted it.
 *
 * @typedef {{ url: string, videoId: string, storageKey: string | null }} Draft
 */

let loading = null;

/** Load tus-js-client, a classic script that puts itself on `window`. */
function client() {
  loading ??= import("../../vendor/tus-js-client-4.3.1/tus.min.js").then(() => globalThis.tus);
  return loading;
}

/**
 * Return what identifies a file on the next visit. It includes the account, because a browser may be shared.
 *
 * @param {File} file
 */
function fingerprintOf(file) {
  return `${PREFIX}${account}:${file.name}:${file.type}:${file.size}:${file.lastModified}`;
}

const headers = () => ({
  "X-CSRFToken": csrfToken(),
  "Accept-Language": document.documentElement.lang || "en",
});

/** @param {any} request */
function addHeaders(request) {
  for (const [name, value] of Object.entries(headers())) request.setHeader(name, value);
}

/** @param {any} error */
function asApiError(error) {
  const response = error.originalResponse;
  if (!response) return new ApiError(0);
  return errorFrom(response.getStatus(), response.getBody() ?? "", response.getHeader("Retry-After"));
}

/**
 * Return metadata as the header takes it: Base64 of UTF-8.
 *
 * @param {Record<string, string>} metadata
 */
function encode(metadata) {
  const base64 = (/** @type {string} */ text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
  return Object.entries(metadata).map(([name, value]) => `${name} ${base64(value)}`).join(",");
}

/**
 * Call the endpoint of uploads. Rejects with an `ApiError`.
 *
 * @param {string} method
 * @param {string} url
 * @param {Record<string, string>} [more] headers
 */
async function ask(method, url, more = {}) {
  let response;
  try {
    response = await fetch(url, { method, headers: { "Tus-Resumable": "1.0.0", ...headers(), ...more }, signal: AbortSignal.timeout(60_000) });
  } catch {
    throw new ApiError(0);
  }
  if (!response.ok) throw errorFrom(response.status, await response.text().catch(() => ""), response.headers.get("Retry-After"));
  return response;
}

/**
 * Return the draft of an upload that exists, or null when it is gone. Rejects when that cannot be known now.
 *
 * @param {string} url
 * @param {string | null} storageKey
 * @returns {Promise<Draft | null>}
 */
export async function findDraft(url, storageKey = null) {
  try {
    const response = await ask("HEAD", url);
    return { url, videoId: response.headers.get("X-Video-Id") ?? "", storageKey };
  } catch (error) {
    if (error.status !== 404) throw error;
    return null;
  }
}

/**
 * Return the draft that this browser began for the same file, or null.
 *
 * @param {File} file
 */
async function findEarlier(file) {
  const tus = await client();
  const { urlStorage } = tus.defaultOptions;
  const found = await urlStorage.findUploadsByFingerprint(fingerprintOf(file));
  found.sort((one, other) => Date.parse(other.creationTime) - Date.parse(one.creationTime));
  for (const { uploadUrl, urlStorageKey } of found) {
    const draft = uploadUrl ? await findDraft(uploadUrl, urlStorageKey) : null;
    if (draft) return draft;
    await urlStorage.removeUpload(urlStorageKey);
  }
  return null;
}

/**
 * Note an upload, so that the same file continues it on the next visit. Return the key of the note.
 *
 * @param {File} file
 * @param {string} url
 * @returns {Promise<string | null>}
 */
async function note(file, url) {
  const tus = await client();
  const told = { size: file.size, metadata: {}, creationTime: new Date().toString(), uploadUrl: url };
  return tus.defaultOptions.urlStorage.addUpload(fingerprintOf(file), told).catch(() => null);
}

/**
 * Return the draft of a file: the one that was begun earlier, else a new one with `metadata`. Repeats itself while the
 * server cannot be reached; `key` makes the repetition safe. Rejects with an `ApiError`.
 *
 * @param {{ file: File, metadata: Record<string, string>, key: string }} options
 * @returns {Promise<{ draft: Draft, isResumed: boolean }>}
 */
export async function prepareDraft({ file, metadata, key }) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const earlier = await findEarlier(file);
      if (earlier) return { draft: earlier, isResumed: true };
      const response = await ask("POST", ENDPOINT, {
        "Upload-Length": String(file.size),
        "Upload-Metadata": encode({ filename: file.name, ...metadata }),
        "Idempotency-Key": key,
      });
      const url = response.headers.get("Location") ?? "";
      const draft = { url, videoId: response.headers.get("X-Video-Id") ?? "", storageKey: await note(file, url) };
      return { draft, isResumed: false };
    } catch (error) {
      // A read-only site stays so for a while: the viewer is told, and resumes the upload then.
      const isPassing = (error.status === 0 || error.status >= 500) && !error.mode;
      if (!isPassing || attempt + 1 >= RETRY_DELAYS.length) throw error;
      await sleep(RETRY_DELAYS[attempt + 1]);
    }
  }
}

/**
 * Send the bytes of a draft's file that have not arrived yet.
 *
 * @param {File} file
 * @param {Draft} draft
 * @param {{ progress: (sent: number, total: number) => void, done: () => void, failed: (error: ApiError) => void, retrying: () => void }} on `retrying`: there is no answer
 * @returns {Promise<{ pause: () => void, resume: () => void }>}
 */
export async function sendFile(file, draft, on) {
  const tus = await client();
  const upload = new tus.Upload(file, {
    chunkSize: CHUNK,
    retryDelays: RETRY_DELAYS,
    removeFingerprintOnSuccess: true,
    onBeforeRequest: addHeaders,
    onShouldRetry: (error) => {
      if (!error.originalResponse) on.retrying();
      else if (asApiError(error).mode) return false;
      return WORTH_RETRYING.has(error.originalResponse?.getStatus() ?? 0);
    },
    onProgress: on.progress,
    onSuccess: on.done,
    onError: (error) => on.failed(asApiError(error)),
  });
  upload.resumeFromPreviousUpload({ uploadUrl: draft.url, urlStorageKey: draft.storageKey, parallelUploadUrls: null });
  upload.start();
  return { pause: () => upload.abort(), resume: () => upload.start() };
}

/**
 * Cancel an upload, and forget it in this browser.
 *
 * @param {string} id
 */
export async function forgetUpload(id) {
  removeWhere(PREFIX, (text) => text.includes(`/uploads/${id}"`));
  try {
    await ask("DELETE", `${ENDPOINT}/${id}`);
  } catch (error) {
    if (error.status !== 404) throw error;
  }
}
