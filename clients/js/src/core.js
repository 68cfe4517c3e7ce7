/** The core of every call: authorization, refreshing once, retries, and errors. */

import {
  ApiError,
  errorOf,
  NetworkError,
  NotStreamsite,
  SessionEnded,
  SignInRequired,
  Unauthorized,
} from "./errors.js";
import { MemoryStore } from "./stores.js";

/**
 * @typedef {import("./stores.js").Tokens} Tokens
 * @typedef {import("./stores.js").TokenStore} TokenStore
 * @typedef {Record<string, string | number | boolean | null | undefined>} Params
 *
 * @typedef {object} Call
 * @property {Params} [params]
 * @property {unknown} [json]
 * @property {BodyInit} [body]
 * @property {Record<string, string>} [headers]
 * @property {string} [key] the Idempotency-Key of a POST that creates
 * @property {boolean} [anonymous] send no token
 * @property {AbortSignal} [signal]
 *
 * @typedef {object} Options
 * @property {string} [token] a personal API token
 * @property {TokenStore} [store] where the tokens of a session are kept; in memory by default
 * @property {boolean} [allowInsecure] admit http to other hosts
 * @property {number} [maxRetries]
 * @property {number} [maxWait] seconds; what asks for a longer wait is thrown
 * @property {(seconds: number, error: Error) => void} [onWait]
 * @property {typeof fetch} [fetch]
 */

const API = "/api/v1/";
const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE"]);
const PASSING = new Set([429, 502, 503, 504]);
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
// A token that ends within this time is refreshed before it is sent: a refused upload of megabytes costs more.
const MARGIN_MS = 10_000;
const FIRST_PAUSE = 0.5;
const MAX_PAUSE = 20;

/**
 * Return the origin of a site's address. Throws what would send tokens in the clear.
 * @param {string} site
 * @param {boolean} allowInsecure
 * @returns {string}
 */
export function siteOf(site, allowInsecure = false) {
  const url = new URL(site.includes("://") ? site : `https://${site}`);
  if (!["https:", "http:"].includes(url.protocol) || url.username || url.password) {
    throw new TypeError(`${site} is not the address of a site, such as https://video.example.org`);
  }
  if (url.protocol === "http:" && !LOOPBACK.has(url.hostname) && !allowInsecure) {
    throw new TypeError(`${site} is not encrypted: use https`);
  }
  return url.origin;
}

/**
 * Return a path below the API's root. Throws an id that is none.
 * @param {...string} parts
 * @returns {string}
 */
export function path(...parts) {
  if (parts.some((part) => !/[^.]/.test(String(part)))) throw new TypeError("an id must not be empty");
  return parts.map((part) => encodeURIComponent(part)).join("/");
}

/**
 * Return the header by which a change is refused unless the object still has this version.
 * @param {number | undefined} version
 * @returns {Record<string, string>}
 */
export function ifMatch(version) {
  return version === undefined ? {} : { "If-Match": `"v${version}"` };
}

/** @returns {Promise<Crypto>} The Web Crypto of the browser or of Node, whose version 18 keeps it in a module. */
export async function webCrypto() {
  if (globalThis.crypto) return globalThis.crypto;
  const module = "node:crypto"; // not for bundlers
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ module)).webcrypto;
}

/** @returns {Promise<string>} A new Idempotency-Key. */
export async function newKey() {
  const bytes = (await webCrypto()).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Wait.
 * @param {number} seconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
    return undefined;
  });
}

/** Carries out requests for one site and one caller. */
export class Core {
  #token;
  #fetch;
  #onWait;
  /** @type {Promise<string> | null} */
  #refreshing = null;

  /** @param {string} site @param {Options} options */
  constructor(site, options) {
    this.site = siteOf(site, options.allowInsecure);
    /** @type {TokenStore} */
    this.store = options.store ?? new MemoryStore();
    this.maxRetries = options.maxRetries ?? 4;
    this.maxWait = options.maxWait ?? 60;
    this.#token = options.token ?? "";
    this.#onWait = options.onWait;
    const given = options.fetch;
    /** @type {typeof fetch} */
    this.#fetch = (url, init) => (given ?? globalThis.fetch)(url, init);
  }

  /**
   * Return the path of a URL that the API gave, to be asked of this site whatever name it has there. Throws
   * `NotStreamsite` unless it is one of the API: a token must not be sent anywhere else.
   * @param {string} url
   * @returns {string}
   */
  ownPath(url) {
    const found = URL.canParse?.(url, this.site) === false ? null : new URL(url, this.site);
    if (!found?.pathname.startsWith(API)) {
      throw new NotStreamsite("The site named an address that is not of its API.");
    }
    return found.pathname + found.search;
  }

  /**
   * Send a request; return the decoded answer, or null when it has no content. Throws `ApiError`.
   * @param {string} method
   * @param {string} where a path below the API's root, or one that `ownPath` returned
   * @param {Call} [call]
   * @returns {Promise<any>}
   */
  async call(method, where, call = {}) {
    return decoded(await this.exchange(method, where, call));
  }

  /**
   * Send a request with the caller's token; refresh and repeat it as its answers say.
   * @param {string} method
   * @param {string} where
   * @param {Call} [call]
   * @returns {Promise<Response>}
   */
  async exchange(method, where, call = {}) {
    const isRepeatable =
      REPEATABLE.has(method) ||
      Boolean(call.key) ||
      (method === "PATCH" && call.json !== undefined && !call.headers?.["If-Match"]);
    let hasRefreshed = false;
    for (let attempt = 0; ; ) {
      const access = call.anonymous ? "" : await this.#access();
      /** @type {Response} */
      let response;
      try {
        response = await this.#send(method, where, call, access);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        await this.#pause(error, attempt++, isRepeatable, call.signal);
        continue;
      }
      if (response.ok || response.status === 304) return response;
      const error = await errorOf(response);
      if (access && !hasRefreshed && ["token_expired", "token_invalid"].includes(error.code)) {
        await this.#refreshOnce(access);
        hasRefreshed = true;
        continue;
      }
      await this.#pause(error, attempt++, PASSING.has(error.status), call.signal);
    }
  }

  /**
   * Fetch a file by a URL that needs no token. None is sent, not even after redirects.
   * @param {string} url
   * @param {Record<string, string>} headers
   * @param {AbortSignal} [signal]
   * @returns {Promise<Response>}
   */
  async fetchFile(url, headers, signal) {
    return this.#attempt(new URL(url, this.site).href, { headers, signal, credentials: "omit" });
  }

  /**
   * @param {string} method @param {string} where @param {Call} call @param {string} access
   * @returns {Promise<Response>}
   */
  async #send(method, where, call, access) {
    const url = new URL(where.startsWith("/") ? where : API + where, this.site);
    for (const [name, value] of Object.entries(call.params ?? {})) {
      if (value === null || value === undefined) continue;
      url.searchParams.set(name, typeof value === "boolean" ? String(Number(value)) : String(value));
    }
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json", ...call.headers };
    if (call.json !== undefined) headers["Content-Type"] = "application/json";
    if (call.key) headers["Idempotency-Key"] = call.key;
    if (access) headers.Authorization = `Bearer ${access}`;
    else if (this.#token && !call.anonymous) headers.Authorization = `Token ${this.#token}`;
    const body = call.json === undefined ? call.body : JSON.stringify(call.json);
    // Redirects are not followed: none is needed, and a token must not follow one. No cookie is sent or taken.
    return this.#attempt(url.href, {
      method,
      headers,
      body,
      signal: call.signal,
      redirect: "error",
      credentials: "omit",
    });
  }

  /** @param {string} url @param {RequestInit} init @returns {Promise<Response>} */
  async #attempt(url, init) {
    try {
      return await this.#fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new NetworkError(`${this.site} cannot be reached.`, { cause });
    }
  }

  /**
   * Wait before the next attempt; throw `error` when there is none.
   * @param {Error} error @param {number} attempt @param {boolean} isAllowed @param {AbortSignal} [signal]
   */
  async #pause(error, attempt, isAllowed, signal) {
    if (!isAllowed || attempt >= this.maxRetries) throw error;
    let seconds = Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** attempt) * (0.5 + Math.random() / 2);
    if (error instanceof ApiError && error.retryAfter !== null) seconds = error.retryAfter + seconds / 10;
    if (seconds > this.maxWait) throw error;
    this.#onWait?.(seconds, error);
    await sleep(seconds, signal);
  }

  // --- sessions ---

  /**
   * @param {string} login @param {string} password @param {{ otp?: string, remember?: boolean }} options
   * @returns {Promise<import("./types.js").Account>}
   */
  async signIn(login, password, { otp, remember = true }) {
    const json = { login, password, remember, client: "native", ...(otp ? { otp } : {}) };
    const grant = await this.call("POST", "auth/token", { json, anonymous: true });
    await this.store.save(tokensOf(grant));
    return grant.user;
  }

  /** @returns {Promise<void>} */
  async signOut() {
    const tokens = await this.store.load();
    if (!tokens) return;
    try {
      await this.call("POST", "auth/logout", { json: { refresh: tokens.refresh }, anonymous: true });
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error; // else it is over already
    }
    await this.store.clear();
  }

  /** @returns {Promise<string>} An access token that has not ended; empty when the caller has no session. */
  async #access() {
    if (this.#token) return "";
    const tokens = await this.store.load();
    if (!tokens) return "";
    if (tokens.expiresAt - MARGIN_MS > Date.now()) return tokens.access;
    return this.#refreshOnce(tokens.access);
  }

  /**
   * Refresh, or wait for the refresh in progress; return the access token.
   * @param {string} used the access token that has ended
   * @returns {Promise<string>}
   */
  #refreshOnce(used) {
    this.#refreshing ??= this.#refresh(used).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  /** @param {string} used @returns {Promise<string>} */
  async #refresh(used) {
    const tokens = await this.store.load();
    if (!tokens) throw new SignInRequired("The session was ended. Sign in again.");
    if (tokens.access !== used) return tokens.access;
    const response = await this.#exchangeRefreshToken(tokens.refresh);
    if (response.status === 401) {
      await this.store.clear();
      throw await errorOf(response, SessionEnded);
    }
    const fresh = tokensOf(await decoded(response));
    // Stored before it is used: the one before works only once.
    await this.store.save(fresh);
    return fresh.access;
  }

  /** @param {string} refresh @returns {Promise<Response>} Tokens, or 401. */
  async #exchangeRefreshToken(refresh) {
    for (let attempt = 0; ; attempt++) {
      /** @type {Error} */
      let trouble;
      let isPassing = true;
      try {
        const response = await this.#send("POST", "auth/token/refresh", { json: { refresh }, anonymous: true }, "");
        if (response.ok || response.status === 401) return response;
        isPassing = PASSING.has(response.status);
        trouble = await errorOf(response);
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        trouble = error;
      }
      await this.#pause(trouble, attempt, isPassing);
    }
  }
}

/** @param {any} grant @returns {Tokens} */
function tokensOf(grant) {
  if (typeof grant?.access !== "string" || typeof grant.refresh !== "string") {
    throw new NotStreamsite("The answer has no tokens.");
  }
  const { access, refresh, expires_in: seconds, session_id: sessionId = "" } = grant;
  return { access, refresh, sessionId, expiresAt: Date.now() + Number(seconds) * 1000 };
}

/** @param {Response} response @returns {Promise<any>} */
async function decoded(response) {
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new NotStreamsite("The answer is not JSON. Is this the address of a Streamsite?");
  }
}
