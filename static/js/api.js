// The one way scripts speak to the JSON API: CSRF, error form and time-outs are handled here.

export class ApiError extends Error {
  /** `status` 0 means that no answer came at all. */
  constructor(status, { code = "unavailable", detail = "", fields = {} } = {}, retryAfter = 0) {
    super(detail || WORDS[status] || "Something went wrong. Try again in a moment.");
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }
}

const WORDS = {
  0: "The server could not be reached. Check your connection and try again.",
  401: "You are logged out. Log in, then try again.",
  403: "You may not do that.",
  404: "This is no longer there.",
  413: "The file is larger than this site accepts.",
  429: "Too many tries in a short while. Wait a minute and try again.",
  503: "The site is busy. Try again in a minute.",
};

export const FOREIGN = "Someone else is logged in here now. Reload the page.";

// With a prefix on https, so that no other host can set it (settings.CSRF_COOKIE_NAME).
const CSRF_COOKIE = location.protocol === "https:" ? "__Host-csrftoken" : "csrftoken";

export function csrfToken() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${CSRF_COOKIE}=`));
  if (cookie) return decodeURIComponent(cookie.slice(CSRF_COOKIE.length + 1));
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** The error that an answer of status >= 400 stands for; `text` is its body. */
export function errorFrom(status, text, retryAfter) {
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy may answer in HTML: the status alone has to do.
  }
  return new ApiError(status, body, Number(retryAfter) || 0);
}

const SITE = document.querySelector('meta[name="site-url"]')?.content ?? "";

/**
 * The content of an API answer. Its URLs are absolute, by the site's configured address; a page that is open under
 * another one (127.0.0.1 instead of localhost) may load only what is its own, so they lead there.
 */
function decode(text) {
  if (SITE && SITE !== location.origin) text = text.replaceAll(`url":"${SITE}/`, 'url":"/');
  return JSON.parse(text);
}

/**
 * Call `/api/v1` + `path`. `json` is the body, `timeout` in milliseconds. Rejects with an `ApiError`, or with the reason
 * of `signal` when that was aborted.
 *
 * @param {string} method
 * @param {string} path
 * @param {{ json?: object, headers?: Record<string, string>, signal?: AbortSignal, timeout?: number, keepalive?: boolean }} [options]
 * @returns {Promise<{ data: any, etag: string | null }>}
 */
export async function api(method, path, { json, headers = {}, signal, timeout = 20_000, keepalive = false } = {}) {
  /** @type {RequestInit & { headers: Record<string, string> }} */
  const init = { method, credentials: "same-origin", keepalive, headers: { Accept: "application/json", ...headers } };
  if (method !== "GET") {
    // In a page that was left open while somebody else logged in, nothing may be done in their name.
    if (globalThis.streamsiteAccount?.isForeign()) throw new ApiError(403, { code: "permission_denied", detail: FOREIGN });
    init.headers["X-CSRFToken"] = csrfToken();
  }
  if (json !== undefined) {
    init.headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(json);
  }
  init.signal = signal ?? AbortSignal.timeout(timeout);
  let response;
  let text;
  try {
    response = await fetch(`/api/v1${path}`, init);
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0);
  }
  if (!response.ok) throw errorFrom(response.status, text, response.headers.get("Retry-After"));
  return { data: text ? decode(text) : null, etag: response.headers.get("ETag") };
}

/** Every field's messages in one sentence, else the error's own sentence. */
export function inWords(error) {
  const fields = Object.values(error.fields ?? {}).flat();
  return fields.length ? fields.join(" ") : error.message;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Resolve at once, or, in a hidden tab, when it is shown again, so that nothing polls unseen.
 *
 * @returns {Promise<void>}
 */
export function whenVisible() {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const seen = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", seen);
      resolve();
    };
    document.addEventListener("visibilitychange", seen);
  });
}
