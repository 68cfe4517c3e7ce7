// Calls of the JSON API, with CSRF, errors and time-outs. All scripts call the API through this module.
import { gettext } from "./i18n.js";

/** An error answer of the API, or no answer at all (`status` 0). Its message is a sentence for the viewer. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{ code?: string, detail?: string, fields?: Record<string, string[]>, mode?: string }} [body] `mode`: the site's, when that is the reason
   * @param {number} [retryAfter] in seconds
   */
  constructor(status, { code = "unavailable", detail = "", fields = {}, mode = "" } = {}, retryAfter = 0) {
    super(detail || WORDS[status] || gettext("Something went wrong. Try again in a moment."));
    this.status = status;
    this.code = code;
    this.fields = fields;
    this.mode = mode;
    this.retryAfter = retryAfter;
  }
}

/** @type {Record<number, string>} */
const WORDS = {
  0: gettext("Couldn't reach the server. Check your connection and try again."),
  401: gettext("You're signed out. Sign in and try again."),
  403: gettext("You don't have permission to do that."),
  404: gettext("This is no longer available."),
  413: gettext("This file is larger than the site allows."),
  429: gettext("Too many attempts. Try again in a minute."),
  503: gettext("The site is busy. Try again in a minute."),
};

export const FOREIGN = gettext("Someone else is signed in here now. Reload the page.");

// With a prefix on https, so that no other host can set it (settings.CSRF_COOKIE_NAME).
const CSRF_COOKIE = location.protocol === "https:" ? "__Host-csrftoken" : "csrftoken";

/** Return the CSRF token of now. A page that was left open has an older one. */
export function csrfToken() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${CSRF_COOKIE}=`));
  if (cookie) return decodeURIComponent(cookie.slice(CSRF_COOKIE.length + 1));
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/**
 * Return the error of an answer of status >= 400; `text` is its body.
 *
 * @param {number} status
 * @param {string} text
 * @param {string | null} retryAfter the header
 */
export function errorFrom(status, text, retryAfter) {
  let body = {};
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy may answer in HTML: only the status is known then.
  }
  return new ApiError(status, body, Number(retryAfter) || 0);
}

const SITE = document.querySelector('meta[name="site-url"]')?.content ?? "";

/**
 * Parse an answer. Its URLs are absolute and use the site's configured address. A page that is open under another one
 * (127.0.0.1 instead of localhost) may load only from its own origin, so they are made relative there.
 *
 * @param {string} text
 */
function decode(text) {
  if (SITE && SITE !== location.origin) text = text.replaceAll(`url":"${SITE}/`, 'url":"/');
  return JSON.parse(text);
}

// Sentences in the language of the page, which may not be the browser's.
const ACCEPTED = { Accept: "application/json", "Accept-Language": document.documentElement?.lang || "en" };

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
  const init = { method, credentials: "same-origin", keepalive, headers: { ...ACCEPTED, ...headers } };
  if (method !== "GET") {
    // In a page that was left open while someone else signed in, nothing may be done in their name.
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

/**
 * Return the messages of all fields as one text, else the error's own message.
 *
 * @param {any} error
 * @returns {string}
 */
export function errorText(error) {
  const fields = Object.values(error.fields ?? {}).flat();
  return fields.length ? fields.join(" ") : error.message;
}

/** @param {number} ms */
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
