// Sends one file resumably (tus 1.0): it continues after a pause, a lost connection, or a reload with the same file.
import { ApiError, csrfToken, errorFrom } from "../api.js";
import { removeWhere } from "../browser-storage.js";

const ENDPOINT = "/api/v1/uploads";
// Small enough that a pause or a proxy's time-out loses little.
const CHUNK = 16 * 1024 * 1024;
const RETRY_DELAYS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000, 30_000, 60_000, 60_000];
const WORTH_RETRYING = new Set([0, 409, 423, 429, 500, 502, 503, 504]);
const PREFIX = "tus::";

let loading = null;

/** Load tus-js-client, a classic script that puts itself on `window`. */
function client() {
  loading ??= import("../../vendor/tus-js-client-4.3.1/tus.min.js").then(() => globalThis.tus);
  return loading;
}

/** Return what identifies a file on the next visit. It includes the account, because a browser may be shared. */
function fingerprintOf(file, account) {
  return `${PREFIX}${account}:${file.name}:${file.type}:${file.size}:${file.lastModified}`;
}

function withCsrf(request) {
  request.setHeader("X-CSRFToken", csrfToken());
  request.setHeader("Accept-Language", document.documentElement.lang || "en");
}

function asApiError(error) {
  const response = error.originalResponse;
  if (!response) return new ApiError(0);
  return errorFrom(response.getStatus(), response.getBody() ?? "", response.getHeader("Retry-After"));
}

/**
 * Start a transfer. `on` has `progress(sent, total)`, `video(id)`, called as soon as the draft exists, `done()` and
 * `failed(ApiError)`. Resolve to `{ pause, resume, cancel, resumed }`; `resumed`: whether an earlier one continues.
 */
export async function sendFile({ file, metadata, account }, on) {
  const tus = await client();
  const upload = new tus.Upload(file, {
    endpoint: ENDPOINT,
    chunkSize: CHUNK,
    retryDelays: RETRY_DELAYS,
    metadata: { filename: file.name, ...metadata },
    fingerprint: async () => fingerprintOf(file, account),
    removeFingerprintOnSuccess: true,
    onBeforeRequest: withCsrf,
    onAfterResponse: (_request, response) => {
      const id = response.getHeader("X-Video-Id");
      if (id) on.video(id);
    },
    onShouldRetry: (error) => WORTH_RETRYING.has(error.originalResponse?.getStatus() ?? 0),
    onProgress: on.progress,
    onSuccess: on.done,
    onError: (error) => on.failed(asApiError(error)),
  });
  const earlier = await upload.findPreviousUploads();
  const newest = earlier.sort((one, other) => Date.parse(other.creationTime) - Date.parse(one.creationTime))[0];
  if (newest) upload.resumeFromPreviousUpload(newest);
  upload.start();
  return {
    resumed: Boolean(newest),
    pause: () => upload.abort(),
    resume: () => upload.start(),
    cancel: () => upload.abort(true),
  };
}

/** Cancel an upload of an earlier visit. */
export async function forgetUpload(id) {
  const tus = await client();
  removeWhere(PREFIX, (text) => text.includes(`/uploads/${id}"`));
  try {
    await tus.Upload.terminate(`${ENDPOINT}/${id}`, { onBeforeRequest: withCsrf });
  } catch (error) {
    const problem = asApiError(error);
    if (problem.status !== 404) throw problem;
  }
}
